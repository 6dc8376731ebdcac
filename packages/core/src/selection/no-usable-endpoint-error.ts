import { isMarked, mark } from '../error-marker.ts'
import type { Diagnosis } from './diagnosis.ts'
import type { Attempt } from './attempt.ts'

/**
 * No rung of the ladder could be used. Says why in one sentence, and keeps every attempt.
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
  /** Always the same; `diagnosis.code` says why. */
  readonly code = 'no-usable-endpoint'
  /** Every attempt, in the order in which they began. */
  readonly attempts: readonly Attempt[]
  /** The attempts, read together. */
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
