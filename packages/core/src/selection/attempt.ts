import type { Endpoint } from '../endpoint.ts'
import type { Failure, Stage } from '../failure/failure.ts'
import type { Session, StageTime } from '../smtp/session.ts'

/** How one attempt ended. */
export type AttemptOutcome =
  /** It opened and was used. */
  | 'used'
  /** It did not open; `failure` says why. */
  | 'failed'
  /** It had not answered when another one was taken; `failure` says what it was waiting for. */
  | 'superseded'
  /** A better one opened while this one was still under way. */
  | 'cancelled'

/** One attempt at one address of one endpoint. All attempts are kept. */
export interface Attempt {
  /** The rung. */
  readonly endpoint: Endpoint
  /** How it ended. */
  readonly outcome: AttemptOutcome
  /** The stage it reached. */
  readonly stage: Stage
  /** Why it was not used; absent for `used` and `cancelled`. */
  readonly failure?: Failure
  /** The address that was tried, once it is known. */
  readonly address?: string
  /** When it began. */
  readonly startedAt: Date
  /** Milliseconds from its start to its end. */
  readonly ms: number
  /** Each stage it reached, with its time. */
  readonly stages: readonly StageTime[]
}

/** The record of one session as it stands. */
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
