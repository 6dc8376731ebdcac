import type { AttemptOutcome, Failure, Security } from '@postern/core'

/**
 * What the page shows, as JSON, in the language of the page. Times are milliseconds since 1970, durations are milliseconds. It contains no secret, no address of
 * a person, and no text of a server.
 */
export interface DashboardState {
  /** Increases if a later version is incompatible. */
  readonly version: 1
  /** The clock of the app. */
  readonly now: number
  readonly mailers: readonly MailerState[]
}

/** One mailer. */
export interface MailerState {
  /** The name that the app gave it: `default`. */
  readonly name: string
  readonly host: string
  /** As in the health report; `unknown` before the first attempt. */
  readonly status: 'pass' | 'warn' | 'fail' | 'unknown'
  /** Why it is not `pass`. */
  readonly message?: string
  /** What to do about it. */
  readonly advice?: string
  /** The endpoint that carries mail. */
  readonly inUse?: PortName & { readonly since: number }
  /** Messages that a server accepted in the last hour. */
  readonly sentLastHour: number
  /** Messages that failed, or whose outcome is unknown, in the last 24 hours. */
  readonly failedLastDay: number
  /** Whole days until the certificate in use expires. */
  readonly certificateDays?: number
  /** Every rung of the ladder, best first. */
  readonly gates: readonly Gate[]
  /** The connections and the queue; absent if the mailer has none yet. */
  readonly pool?: PoolState
  /** The last failures, the newest first. Equal ones in a row are one entry with a count. */
  readonly failures: readonly RecordedFailure[]
  /** The timeline, the newest last. In an update: only the events that are new. */
  readonly events: readonly TimelineEvent[]
}

/** A port with its encryption. */
export interface PortName {
  readonly port: number
  readonly security: Security
}

/** A rung of the ladder. */
export interface Gate extends PortName {
  readonly status: 'untried' | 'up' | 'down'
  /** Whether it carries mail. */
  readonly inUse: boolean
  readonly triedAt?: number
  /** The next check in the background. */
  readonly nextCheckAt?: number
  /** Why it is down. */
  readonly failure?: FailureFacts
  /** The encryption of the last connection. */
  readonly tls?: { readonly protocol: string; readonly cipher: string; readonly verified: boolean }
  readonly certificateDays?: number
}

/** A failure, with its sentences in the language of the page. */
export type FailureFacts = Pick<Failure, 'code' | 'stage' | 'message' | 'advice'>

/** The work of a mailer at this moment. */
export interface PoolState {
  /** Messages that wait for a connection. */
  readonly queued: number
  /** Messages without an outcome, queued ones included. */
  readonly pending: number
  /** Open connections, and the most that are allowed now: a server's limit lowers it. */
  readonly connections: number
  readonly maxConnections: number
}

/** Equal failures in a row. */
export interface RecordedFailure extends FailureFacts {
  /** The time of the last one. */
  readonly at: number
  readonly count: number
  /** Absent if no port could be used. */
  readonly port?: number
  /** `unknown`: the server may have accepted the message. Absent for a failure to connect. */
  readonly delivery?: 'not-accepted' | 'unknown'
}

/** An event of the timeline. `id` increases over all mailers. */
export type TimelineEvent = { readonly id: number; readonly at: number } & (AttemptEvent | ChangeEvent | ExhaustedEvent | SendEvent)

/** An attempt to open a connection has ended. */
export interface AttemptEvent extends PortName {
  readonly kind: 'attempt'
  readonly outcome: AttemptOutcome
  readonly ms: number
  /** The time of each step. */
  readonly stages: readonly { readonly stage: string; readonly ms: number }[]
  readonly code?: Failure['code']
}

/** Another endpoint is used. */
export interface ChangeEvent extends PortName {
  readonly kind: 'selected' | 'fallback' | 'recovered'
  /** The port that was used before. */
  readonly from?: number
  /** Why a better port is not used. */
  readonly code?: Failure['code']
}

/** No endpoint could be used. */
export interface ExhaustedEvent {
  readonly kind: 'exhausted'
  readonly code: string
}

/** A message has an outcome. */
export interface SendEvent {
  readonly kind: 'send'
  /** Absent if no endpoint could be used. */
  readonly port?: number
  readonly outcome: 'accepted' | 'not-accepted' | 'unknown'
  /** From the call until the outcome. */
  readonly ms: number
  readonly code?: Failure['code']
}
