import type { Clock } from '../clock.ts'
import type { Attempt } from '../selection/attempt.ts'
import type { NoUsableEndpointError } from '../selection/no-usable-endpoint-error.ts'
import type { SessionHooks } from '../selection/selector-core.ts'
import type { SelectorMemory } from '../selection/selector-memory.ts'
import type { LoginSettings } from '../settings/settings.ts'
import type { Reply } from '../smtp/reply.ts'
import type { Locale } from '../text/index.ts'
import type { TransactionTimeouts } from './timeouts.ts'

/** A login that a function of the caller's may make. */
export interface LoginDialogue {
  /** The login of the settings or of the message; undefined where there is none. */
  readonly login: LoginSettings | undefined
  /** The SASL mechanisms that the server offers, in upper case. */
  readonly mechanisms: readonly string[]
  /** The keywords that the server offers, in upper case. */
  readonly keywords: readonly string[]
  /** The largest message in octets, where the server names a limit. */
  readonly maxSize: number | undefined
  /** Postern's own login. */
  logIn(): Promise<void>
  /** Lets a function send lines and read the replies. It rejects when the login was refused. */
  logInWith(run: (exchange: (line: string) => Promise<Reply>) => Promise<void>): Promise<void>
}

/** Makes a login in Postern's place. */
export type CustomLogin = (dialogue: LoginDialogue) => Promise<void>

/** What a pool and its selector have learnt, for another pool that goes on from there. */
export interface PoolMemory {
  /** What the selector has learnt: its endpoint, and its state. */
  readonly selector: SelectorMemory
  /** Whether a login was accepted, and not refused since. */
  readonly isLoginProven: boolean
  /** When a connection last opened or was of use, in milliseconds since the epoch. */
  readonly lastUsedAt: number
}

/** How a pool works. Numbers are checked by the caller; `Infinity` is no limit. */
export interface PoolOptions extends SessionHooks {
  /** Whether connections are kept for further messages; otherwise each message has one of its own. */
  readonly keepsConnections: boolean
  /** Connections that may work at a time. Those whose reply is overdue do not count; there may be as many of them. */
  readonly maxConnections: number
  /** Messages that one connection carries. */
  readonly maxMessages: number
  readonly rateLimit: number
  readonly rateDelta: number
  /** Milliseconds an idle connection is kept. */
  readonly idleTimeout: number
  /** Milliseconds a message waits while no endpoint opens; 0: it fails with the first attempt that was made for it. */
  readonly endpointTimeout: number
  /** Milliseconds one message may take altogether. */
  readonly deadline: number
  readonly timeouts: TransactionTimeouts
  /** The largest reply in octets. */
  readonly maxReply?: number | undefined
  /** Whether the first message waits until it is decided which endpoint is used from now on. */
  readonly waitForChoice: boolean
  readonly customLogin?: CustomLogin | undefined
  readonly locale: Locale
  /** @default the system's clock */
  readonly clock?: Clock | undefined
  /** Called with each attempt that failed after its connection had opened. */
  readonly onAttempt: (attempt: Attempt) => void
  /** Called when a message has found no endpoint, with the attempts for it alone. */
  readonly onExhausted: (error: NoUsableEndpointError) => void
  /** Called when a connection has closed and nothing is under way: `memory` is all that a later pool needs of this one. */
  readonly onRest?: (() => void) | undefined
  /** Called when another message would not have to wait for a connection any more. */
  readonly onIdle: () => void
}
