import { inspect, type InspectOptions } from 'node:util'
import { endpointKey } from '../endpoint.ts'
import { isMarked, mark } from '../error-marker.ts'
import type { Diagnosis } from './diagnosis.ts'
import type { Attempt } from './attempt.ts'

/**
 * Thrown when no rung of the ladder could be used. `message` has the reason, `advice` what to do. It keeps every attempt.
 *
 * @example
 * try {
 *   await selectEndpoint(settings)
 * } catch (error) {
 *   if (!NoUsableEndpointError.isInstance(error)) throw error
 *   log.error(error.diagnosis.code, error.message, error.advice, error.attempts)
 * }
 */
export class NoUsableEndpointError extends Error {
  /** The code of every `NoUsableEndpointError`. The reason is in `diagnosis.code`. */
  readonly code = 'no-usable-endpoint'
  /** Every attempt, in the order in which they started. */
  readonly attempts: readonly Attempt[]
  /** The combined diagnosis of the attempts. */
  readonly diagnosis: Diagnosis

  constructor(attempts: readonly Attempt[], diagnosis: Diagnosis) {
    super(diagnosis.message)
    this.name = 'NoUsableEndpointError'
    this.attempts = attempts
    this.diagnosis = diagnosis
    mark(this, 'NoUsableEndpointError')
  }

  /** What to do about it. */
  get advice(): string {
    return this.diagnosis.advice
  }

  /** As `console` prints it: one line for each attempt. */
  [inspect.custom](_depth: number, options: InspectOptions): string {
    const { advice, diagnosis, attempts } = this
    return `${this.stack} ${inspect({ advice, diagnosis: diagnosis.code, attempts: attempts.map((attempt) => lineFor(attempt, this.message)) }, options)}`
  }

  /** Recognises the error even when it comes from another copy of the package. */
  static isInstance(error: unknown): error is NoUsableEndpointError {
    return isMarked(error, 'NoUsableEndpointError')
  }
}

/** The message of the error itself stands above: it is not repeated. */
function lineFor({ endpoint, outcome, stage, failure }: Attempt, message: string): string {
  return `${endpointKey(endpoint)} ${outcome} at ${stage}${failure ? `: ${failure.message === message ? failure.code : failure.message}` : ''}`
}
