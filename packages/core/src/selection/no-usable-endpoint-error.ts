import { isMarked, mark } from '../error-marker.ts'
import type { Diagnosis } from './diagnosis.ts'
import type { Attempt } from './attempt.ts'

/**
 * Thrown when no rung of the ladder could be used. It has a diagnosis and every attempt.
 *
 * @example
 * try {
 *   await selectEndpoint(settings)
 * } catch (error) {
 *   if (!NoUsableEndpointError.isInstance(error)) throw error
 *   log.error(error.diagnosis.code, error.message, error.attempts)
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
    super(`${diagnosis.message} ${diagnosis.advice}`)
    this.name = 'NoUsableEndpointError'
    this.attempts = attempts
    this.diagnosis = diagnosis
    mark(this, 'NoUsableEndpointError')
  }

  /** Recognises the error even when it comes from another copy of the package. */
  static isInstance(error: unknown): error is NoUsableEndpointError {
    return isMarked(error, 'NoUsableEndpointError')
  }
}
