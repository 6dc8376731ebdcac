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

/** A message that is handed to a pool. What is a getter or a method is asked for when the message is about to be sent. */
export interface Submission {
  readonly envelope: Envelope
  readonly body: MessageBody
  /** A login of the message's own, in place of the settings'. It gets a connection of its own. */
  readonly login?: LoginSettings | undefined
  /** Aborts the message. */
  readonly signal?: CancelSignal | undefined
  /** Called once with the outcome. */
  settle(outcome: SubmissionOutcome): void
}

/** What happened to a message. */
export type SubmissionOutcome = SubmissionAccepted | SubmissionFailed

/** A server has taken it. */
export interface SubmissionAccepted {
  readonly isAccepted: true
  readonly endpoint: Endpoint
  /** The reply to EHLO, without its first line. */
  readonly offer: Offer
  readonly result: Accepted
  /** Attempts that failed before. */
  readonly attempts: readonly Attempt[]
}

/** It was not accepted, or nobody can tell. */
export interface SubmissionFailed {
  readonly isAccepted: false
  readonly failure: Failure
  /** `unknown`: the end of the message had been given to the operating system, and no reply came. */
  readonly delivery: 'not-accepted' | 'unknown'
  /** Whether the same message may go through later though nobody changes anything. */
  readonly retryable: boolean
  readonly attempts: readonly Attempt[]
  /** Where it was last sent to, if a connection opened. */
  readonly endpoint: Endpoint | undefined
  /** The server's answer, where it gave one. */
  readonly reply?: Reply | undefined
  readonly rejected?: readonly RejectedRecipient[] | undefined
  /** What the failed attempts mean together, where no endpoint could be used. */
  readonly diagnosis?: Diagnosis | undefined
  /** Why the message could not be read, or the `SecretError` of a caller's function. */
  readonly cause?: Error | undefined
}
