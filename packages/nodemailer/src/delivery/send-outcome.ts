import type { Attempt, Endpoint } from '@postern/core'
import type { Delivery } from './delivery-error.ts'

/** The outcome of a send: the server accepted the message, did not, or may have. */
export type SendOutcome = 'accepted' | Delivery

/** What is known when a send has ended. */
export interface SendResult {
  readonly outcome: SendOutcome
  /** The failed attempts. */
  readonly attempts: readonly Attempt[]
  /** Where the outcome was decided; absent if no endpoint could be used. */
  readonly endpoint?: Endpoint
  /** The error that the caller gets, if the send failed. */
  readonly error?: unknown
}
