import type { Clock } from '../clock.ts'
import type { Attempt } from '../selection/attempt.ts'
import type { NoUsableEndpointError } from '../selection/no-usable-endpoint-error.ts'
import type { SessionHooks } from '../selection/selector-core.ts'
import type { SelectorMemory } from '../selection/selector-memory.ts'
import type { LoginSettings } from '../settings/settings.ts'
import type { Reply } from '../smtp/reply.ts'
import type { Locale } from '../text/index.ts'
import type { TransactionTimeouts } from './timeouts.ts'

/** Passed to a custom login. */
export interface LoginDialogue {
  /** The login of the settings or of the message, if there is one. */
  readonly login: LoginSettings | undefined
  /** The SASL mechanisms offered by the server, in upper case. */
  readonly mechanisms: readonly string[]
  /** The EHLO keywords offered by the server, in upper case. */
  readonly keywords: readonly string[]
  /** The size limit of the server in octets, if it announces one. */
  readonly maxSize: number | undefined
  /** Logs in as Postern would without a custom login. */
  logIn(): Promise<void>
  /** Runs a function that sends lines and reads the replies. The function rejects if the login was refused. */
  logInWith(run: (exchange: (line: string) => Promise<Reply>) => Promise<void>): Promise<void>
}

/** Logs in instead of Postern. */
export type CustomLogin = (dialogue: LoginDialogue) => Promise<void>

/** What a pool and its selector have learnt, to be passed to a later pool. */
export interface PoolMemory {
  /** What the selector has learnt: its endpoint, and its state. */
  readonly selector: SelectorMemory
  /** Whether a login was accepted and not refused since. */
  readonly isLoginProven: boolean
  /** When a connection last opened or was used, in milliseconds since the epoch. */
  readonly lastUsedAt: number
}

/** The queue and the connections of a pool at one moment. */
export interface PoolState {
  /** Messages that wait for a connection. */
  readonly queued: number
  /** Messages without an outcome, queued ones included. */
  readonly pending: number
  /** Open connections. */
  readonly connections: number
  /** The most connections that may be open now: a limit of the server lowers it. `Infinity` if connections are not kept. */
  readonly maxConnections: number
}

/** Options of a `SubmissionPool`. The caller validates the numbers; `Infinity` is no limit. */
export interface PoolOptions extends SessionHooks {
  /** Whether connections are reused; otherwise each message has a connection of its own. */
  readonly keepsConnections: boolean
  /** The maximum number of connections. Up to the same number of connections with an overdue reply do not count. */
  readonly maxConnections: number
  /** The maximum number of messages per connection. */
  readonly maxMessages: number
  readonly rateLimit: number
  readonly rateDelta: number
  /** Milliseconds an idle connection is kept. */
  readonly idleTimeout: number
  /** Milliseconds a message waits while no endpoint opens; 0: it fails with the first failed attempt for it. */
  readonly endpointTimeout: number
  /** Milliseconds for one message in total. */
  readonly deadline: number
  readonly timeouts: TransactionTimeouts
  /** The largest reply in octets. */
  readonly maxReply?: number | undefined
  /** Whether messages wait until the endpoint is selected, instead of using the first one that works. */
  readonly waitForChoice: boolean
  readonly customLogin?: CustomLogin | undefined
  readonly locale: Locale
  /** Default: the system clock. */
  readonly clock?: Clock | undefined
  /** Called for each attempt that fails after its connection has opened. */
  readonly onAttempt: (attempt: Attempt) => void
  /** Called when no endpoint opened for a single message, with the attempts for that message. */
  readonly onExhausted: (error: NoUsableEndpointError) => void
  /** Called when the last connection has closed and nothing is in progress. `memory` then holds all that a later pool needs. */
  readonly onRest?: (() => void) | undefined
  /** Called when another message would no longer have to wait for a connection. */
  readonly onIdle: () => void
}
