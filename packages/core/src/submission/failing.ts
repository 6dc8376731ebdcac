import type { Endpoint } from '../endpoint.ts'
import { describeFailure, type Failure, failureOfDiagnosis } from '../failure/failure.ts'
import { SmtpError } from '../failure/smtp-error.ts'
import type { Attempt } from '../selection/attempt.ts'
import { diagnoseAttempts } from '../selection/diagnosis.ts'
import { NoUsableEndpointError } from '../selection/no-usable-endpoint-error.ts'
import type { Locale } from '../text/index.ts'
import type { Job } from './job.ts'
import type { SubmissionFailed } from './submission.ts'
import { interruptionOf, isPassing, isSourcePassing, lossOf } from './verdict.ts'

/** The outcome of a failed message. Attempts and endpoint are added later if absent. */
export type Failing = Omit<SubmissionFailed, 'isAccepted' | 'attempts' | 'endpoint'> & { readonly attempts?: readonly Attempt[] }

/** The state of a message when it was aborted. */
export interface Interruption {
  readonly stage: Failure['stage']
  readonly endpoint: Endpoint
  readonly mayBeAccepted: boolean
}

/** Describes why messages of one pool fail. */
export class FailureReports {
  readonly #host: string
  readonly #locale: Locale

  constructor(host: string, locale: Locale) {
    this.#host = host
    this.#locale = locale
  }

  /**
   * No endpoint could be used.
   *
   * @param wasReached whether an endpoint was reached before: then the failure is retryable
   */
  exhausted(attempts: readonly Attempt[], wasReached: boolean): Failing {
    const diagnosis = this.#diagnose(attempts)
    const failure = failureOfDiagnosis(diagnosis, attempts.at(-1)?.stage)
    // A limit holds for every port, so the reply on one of them is the reason.
    const limit = diagnosis.code === 'rate-limited' ? attempts.findLast((attempt) => attempt.failure?.code === 'rate-limited')?.failure : undefined
    return { failure: limit ?? failure, delivery: 'not-accepted', retryable: mayOpenLater({ attempts, diagnosis }, wasReached), attempts, diagnosis }
  }

  /** The same, as the error for the listeners. */
  exhaustion(attempts: readonly Attempt[]): NoUsableEndpointError {
    return new NoUsableEndpointError(attempts, this.#diagnose(attempts))
  }

  /** The message could not be read. */
  unreadable(cause: Error, endpoint: Endpoint | undefined): Failing {
    const failure = describeFailure({ code: 'message-unreadable', stage: 'data' }, endpoint ?? { host: this.#host }, this.#locale)
    return { failure, delivery: 'not-accepted', retryable: isSourcePassing(cause), cause }
  }

  /** The message was ended by its signal, its deadline or `close()`. */
  interrupted(job: Job, at: Interruption | undefined): Failing {
    const last = job.attempts.at(-1)
    const facts = interruptionOf(job.cancellation?.reason, at?.stage ?? last?.stage ?? 'connect')
    if (at?.mayBeAccepted) {
      return { failure: lossOf(at.stage, new SmtpError(facts), true, at.endpoint, this.#locale), delivery: 'unknown', retryable: false }
    }
    const failure = describeFailure(facts, at?.endpoint ?? last?.endpoint ?? { host: this.#host }, this.#locale)
    return { failure, delivery: 'not-accepted', retryable: true }
  }

  /** A listener or a function of the caller has thrown. */
  broken(cause: Error): Failing {
    const failure = describeFailure({ code: 'aborted', stage: 'connect' }, { host: this.#host }, this.#locale)
    return { failure, delivery: 'not-accepted', retryable: true, cause }
  }

  #diagnose(attempts: readonly Attempt[]): ReturnType<typeof diagnoseAttempts> {
    return diagnoseAttempts(this.#host, attempts, { locale: this.#locale })
  }
}

/**
 * Whether an endpoint may open later, after none could be used. Repeating a refused login locks accounts, whatever happened on the
 * other ports.
 *
 * @param wasReached whether an endpoint was reached before: then the failure is temporary
 */
export function mayOpenLater({ attempts, diagnosis }: Pick<NoUsableEndpointError, 'attempts' | 'diagnosis'>, wasReached = false): boolean {
  if (diagnosis.code === 'auth-rejected') return false
  return wasReached || diagnosis.code === 'rate-limited' || attempts.some(({ failure }) => failure && isPassing(failure))
}

/** The record of an attempt that failed after the connection had opened. */
export function attemptAt(endpoint: Endpoint, address: string | undefined, startedAt: number, now: number, failure: Failure): Attempt {
  return {
    endpoint,
    outcome: 'failed',
    stage: failure.stage,
    failure,
    ...(address !== undefined && { address }),
    startedAt: new Date(startedAt),
    ms: now - startedAt,
    stages: [],
  }
}
