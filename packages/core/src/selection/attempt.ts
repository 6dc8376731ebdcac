import type { Endpoint } from '../endpoint.ts'
import type { Failure, Stage } from '../failure/failure.ts'
import type { Session, StageTime } from '../smtp/session.ts'

/** The outcome of an attempt. */
export type AttemptOutcome =
  /** The connection opened and was used. */
  | 'used'
  /** The connection did not open; `failure` has the reason. */
  | 'failed'
  /** A lower rung or another address was used because this one was too slow; `failure` has the pending step. */
  | 'superseded'
  /** This attempt was cancelled because a better endpoint opened first, or failed with a limit that holds for every port. */
  | 'cancelled'

/** One attempt to connect to one address of an endpoint. */
export interface Attempt {
  /** The rung. */
  readonly endpoint: Endpoint
  /** The outcome. */
  readonly outcome: AttemptOutcome
  /** The stage it reached. */
  readonly stage: Stage
  /** Why the connection was not used; absent for `used` and `cancelled`. */
  readonly failure?: Failure
  /** The IP address, once it is known. */
  readonly address?: string
  /** When the attempt started. */
  readonly startedAt: Date
  /** The duration in milliseconds. */
  readonly ms: number
  /** Each stage that it reached, with its duration. */
  readonly stages: readonly StageTime[]
}

/** The record of a session in its current state. */
export function attemptOf(session: Session, outcome: AttemptOutcome, failure?: Failure, address = session.address): Attempt {
  return {
    endpoint: session.endpoint,
    outcome,
    stage: session.stage,
    ...(failure && { failure }),
    ...(address !== undefined && { address }),
    startedAt: session.startedAt,
    ms: session.elapsed,
    stages: [...session.stages],
  }
}
