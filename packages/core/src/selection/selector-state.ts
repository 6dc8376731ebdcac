import type { Socket } from 'node:net'
import type { CancelSignal } from '../smtp/cancellation.ts'
import type { Endpoint } from '../endpoint.ts'
import type { Failure } from '../failure/failure.ts'
import type { TlsReport } from '../smtp/tls-report.ts'
import type { Attempt } from './attempt.ts'
import type { NoUsableEndpointError } from './no-usable-endpoint-error.ts'
import type { SelectionOptions } from './options.ts'
import type { RecheckTiming } from './recheck.ts'

/** How to keep a choice. */
export interface SelectorOptions extends Omit<SelectionOptions, 'signal'> {
  /** When better rungs are checked again while a lower one is used. */
  readonly recheck?: Partial<RecheckTiming> | undefined
}

/** How one call may differ. */
export interface ConnectOptions {
  /** Aborts this call. */
  readonly signal?: CancelSignal | undefined
  /** Milliseconds this call may take; `Infinity` for no limit. Default: the selector's deadline. */
  readonly deadline?: number | undefined
  /** Endpoints this call must not use: those that have just failed it. */
  readonly avoid?: readonly Endpoint[] | undefined
}

/** An open connection under TLS, on which the server has greeted and nothing has been said since. */
export interface OpenConnection {
  /** What it is connected to. */
  readonly endpoint: Endpoint
  /** The caller's from here on: listen for its errors, and destroy it at the end. */
  readonly socket: Socket
  /** The server's greeting, without its code. */
  readonly greeting: string
  /** Everything that was tried for it. */
  readonly attempts: readonly Attempt[]
}

/** What is known of one rung. */
export interface RungState {
  /** The rung. */
  readonly endpoint: Endpoint
  /** How it was last seen. */
  readonly status: 'untried' | 'up' | 'down'
  /** Why it last failed, as long as it is down. */
  readonly failure?: Failure
  /** Its last failure, also once it is up again. */
  readonly lastFailure?: { readonly at: Date; readonly failure: Failure }
  /** When it was last tried. */
  readonly triedAt?: Date
  /** What was last seen of its TLS. */
  readonly tls?: TlsReport
}

/** When an endpoint was last seen to work. */
export interface LastSuccess {
  /** What worked. */
  readonly endpoint: Endpoint
  /** When. */
  readonly at: Date
  /** `traffic`: a message was accepted. `probe`: a check went through. */
  readonly by: 'traffic' | 'probe'
}

/** When traffic last moved to a lower rung. */
export interface Fallback {
  readonly at: Date
  readonly endpoint: Endpoint
  readonly previous: Endpoint | undefined
  /** What the best rung failed with. */
  readonly failure?: Failure
}

/** What a selector knows. */
export interface SelectorState {
  /** The endpoint that is used, once one has been found. */
  readonly endpoint: Endpoint | undefined
  /** When an endpoint was last seen to work. */
  readonly lastSuccess?: LastSuccess
  /** The last fallback, also once it is over. */
  readonly lastFallback?: Fallback
  /** Every rung, best first. */
  readonly rungs: readonly RungState[]
  /** When the better rungs will be checked again. */
  readonly nextCheckAt?: Date
}

/** The events of a selector, with their arguments. */
export interface SelectorEvents {
  /** An attempt at an endpoint has started; `attempt` follows with its outcome. */
  connecting: [endpoint: Endpoint]
  /** An attempt to open a connection has ended, at one address of an endpoint; those of the background checks, too. */
  attempt: [attempt: Attempt]
  /** The first choice was made. */
  selected: [change: SelectorChange]
  /** A lower rung is used from now on. */
  fallback: [change: SelectorChange]
  /** A better rung is used again. */
  recovered: [change: SelectorChange]
  /** No rung could be used. */
  exhausted: [error: NoUsableEndpointError]
}

/** A choice that was made. */
export interface SelectorChange {
  /** What is used from now on. */
  readonly endpoint: Endpoint
  /** What was used before, if anything. */
  readonly previous: Endpoint | undefined
  /** What led to it. */
  readonly attempts: readonly Attempt[]
}
