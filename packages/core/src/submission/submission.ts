import type { Endpoint } from '../endpoint.ts'
import type { Failure } from '../failure/failure.ts'
import type { Attempt } from '../selection/attempt.ts'
import type { Diagnosis } from '../selection/diagnosis.ts'
import type { LoginSettings } from '../settings/settings.ts'
import type { CancelSignal } from '../smtp/cancellation.ts'
import type { Offer } from '../smtp/capabilities.ts'
import type { Reply } from '../smtp/reply.ts'
import type { MessageBody } from './body.ts'
import type { Envelope } from './envelope.ts'
import type { Accepted, RejectedRecipient } from './transaction-result.ts'

/** A message for a pool. Getters and methods are not called before the message is about to be sent. */
export interface Submission {
  readonly envelope: Envelope
  readonly body: MessageBody
  /** The address of the sender, for the EHLO name if nothing better is known. */
  readonly sender?: string | undefined
  /** A login for this message alone, instead of the one in the settings. The message gets a connection of its own. */
  readonly login?: LoginSettings | undefined
  /** Aborts the message. */
  readonly signal?: CancelSignal | undefined
  /** Called once with the outcome. @param since when the message was added to the pool, in milliseconds since the epoch */
  settle(outcome: SubmissionOutcome, since: number): void
}

/** The outcome of a message. */
export type SubmissionOutcome = SubmissionAccepted | SubmissionFailed

/** The server accepted the message. */
export interface SubmissionAccepted {
  readonly isAccepted: true
  readonly endpoint: Endpoint
  /** The reply to EHLO, without its first line. */
  readonly offer: Offer
  readonly result: Accepted
  /** The failed attempts before. */
  readonly attempts: readonly Attempt[]
}

/** The message was not accepted, or its outcome is unknown. */
export interface SubmissionFailed {
  readonly isAccepted: false
  readonly failure: Failure
  /** `unknown`: the end of the message was passed to the operating system, and no reply came. */
  readonly delivery: 'not-accepted' | 'unknown'
  /** Whether the same message may succeed later without any change. */
  readonly retryable: boolean
  readonly attempts: readonly Attempt[]
  /** The endpoint it was last sent to, if a connection opened. */
  readonly endpoint: Endpoint | undefined
  /** The reply of the server, if there is one. */
  readonly reply?: Reply | undefined
  readonly rejected?: readonly RejectedRecipient[] | undefined
  /** The combined diagnosis of all attempts, if no endpoint could be used. */
  readonly diagnosis?: Diagnosis | undefined
  /** The error of the message's source, or the `SecretError` that a function of the caller threw. */
  readonly cause?: Error | undefined
}
