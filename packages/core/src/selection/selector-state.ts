import type { Socket } from 'node:net'
import type { CancelSignal } from '../smtp/cancellation.ts'
import type { Endpoint } from '../endpoint.ts'
import type { Failure } from '../failure/failure.ts'
import type { SenderCheck } from '../smtp/sender-check.ts'
import type { TlsReport } from '../smtp/tls-report.ts'
import type { Attempt } from './attempt.ts'
import type { Diagnosis } from './diagnosis.ts'
import type { NoUsableEndpointError } from './no-usable-endpoint-error.ts'
import type { SelectionOptions } from './options.ts'
import type { RecheckTiming } from './recheck.ts'

/** Options of `createEndpointSelector`. */
export interface SelectorOptions extends Omit<SelectionOptions, 'signal'> {
  /** When better rungs are checked again while a lower one is in use. */
  readonly recheck?: Partial<RecheckTiming> | undefined
}

/** Options of a single call. */
export interface ConnectOptions {
  /** Aborts this call. */
  readonly signal?: CancelSignal | undefined
  /** Milliseconds for this call; `Infinity` for no limit. Default: the selector's deadline. */
  readonly deadline?: number | undefined
  /** Endpoints that this call must not use, for instance because they have just failed. */
  readonly avoid?: readonly Endpoint[] | undefined
}

/** Options of `examine`. */
export interface ExamineOptions extends ConnectOptions {
  /**
   * After the login, asks the server whether it accepts this sender and recipient, and sends no message. It does not see what is
   * checked after that, such as the From header. Default: not asked.
   */
  readonly checkSender?: SenderCheck | undefined
}

/** An open TLS connection. The server has greeted, and no command was sent after the TLS handshake. */
export interface OpenConnection {
  /** The connected endpoint. */
  readonly endpoint: Endpoint
  /** The socket, now owned by the caller, which must handle its errors and destroy it. */
  readonly socket: Socket
  /** The server's greeting, without its code. */
  readonly greeting: string
  /** All attempts for this connection. */
  readonly attempts: readonly Attempt[]
}

/** The state of a rung. */
export interface RungState {
  /** The rung. */
  readonly endpoint: Endpoint
  /** The result of the last attempt. */
  readonly status: 'untried' | 'up' | 'down'
  /** The last failure, while the rung is down. */
  readonly failure?: Failure
  /** The last failure, even after the rung is up again. */
  readonly lastFailure?: { readonly at: Date; readonly failure: Failure }
  /** When the rung was last tried. */
  readonly triedAt?: Date
  /** The TLS details of the last connection. */
  readonly tls?: TlsReport
}

/** When and how an endpoint last worked. */
export interface LastSuccess {
  /** The endpoint. */
  readonly endpoint: Endpoint
  /** The time. */
  readonly at: Date
  /** `traffic`: a message was accepted. `probe`: a check succeeded. */
  readonly by: 'traffic' | 'probe'
}

/** The last time that traffic moved to a lower rung. */
export interface Fallback {
  readonly at: Date
  readonly endpoint: Endpoint
  readonly previous: Endpoint | undefined
  /** The failure of the best rung. */
  readonly failure?: Failure
}

/** The state of a selector. */
export interface SelectorState {
  /** The endpoint in use, once one was selected. */
  readonly endpoint: Endpoint | undefined
  /** Since when it is in use. */
  readonly inUseSince?: Date
  /** Why the server refused the login of the settings, for as long as checks do not repeat it. */
  readonly refusedLogin?: Diagnosis
  /** When and why no endpoint could be used, until one works again. */
  readonly exhausted?: { readonly at: Date; readonly diagnosis: Diagnosis }
  /** When and how an endpoint last worked. */
  readonly lastSuccess?: LastSuccess
  /** The last fallback, even after traffic has returned. */
  readonly lastFallback?: Fallback
  /** Every rung, best first. */
  readonly rungs: readonly RungState[]
  /** When the better rungs are next checked. */
  readonly nextCheckAt?: Date
}

/** The events of a selector, with their arguments. */
export interface SelectorEvents {
  /** An attempt at an endpoint has started; `attempt` follows with its outcome. */
  connecting: [endpoint: Endpoint]
  /** An attempt at one address of an endpoint has ended. Includes background checks. */
  attempt: [attempt: Attempt]
  /** An endpoint was selected for the first time. */
  selected: [change: SelectorChange]
  /** Traffic moves to a lower rung. */
  fallback: [change: SelectorChange]
  /** Traffic returns to a better rung. */
  recovered: [change: SelectorChange]
  /** No rung could be used. */
  exhausted: [error: NoUsableEndpointError]
}

/** The selection of an endpoint. */
export interface SelectorChange {
  /** The new endpoint. */
  readonly endpoint: Endpoint
  /** The previous endpoint, if any. */
  readonly previous: Endpoint | undefined
  /** The attempts that led to the change. */
  readonly attempts: readonly Attempt[]
}
