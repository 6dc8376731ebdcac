import type { Endpoint } from '../endpoint.ts'
import type { Failure, Stage } from '../failure/failure.ts'
import type { StageTime } from '../smtp/session.ts'

/** What became of one rung. */
export type AttemptOutcome =
  /** It opened and was used. */
  | 'used'
  /** It did not open; `failure` says why. */
  | 'failed'
  /** It had not answered when another rung was taken; `failure` says what it was waiting for. */
  | 'overtaken'
  /** A better rung opened while this one was still under way. */
  | 'not-needed'

/** One try at one endpoint. Every one is kept. */
export interface Attempt {
  /** The rung. */
  readonly endpoint: Endpoint
  /** What became of it. */
  readonly outcome: AttemptOutcome
  /** The stage it reached. */
  readonly stage: Stage
  /** Why it was not used; absent for `used` and `not-needed`. */
  readonly failure?: Failure
  /** The address that was connected to, once one answered. */
  readonly address?: string
  /** When it began. */
  readonly startedAt: Date
  /** Milliseconds from its start to its end. */
  readonly ms: number
  /** Each stage it reached, with its time. */
  readonly stages: readonly StageTime[]
}
