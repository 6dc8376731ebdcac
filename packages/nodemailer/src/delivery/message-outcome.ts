import type { Endpoint, Failure } from '@postern/core'
import type { SubmissionOutcome } from '@postern/core/submission'
import type { SendOutcome } from './send-outcome.ts'

/** A message that has its outcome. Contains no address, no content and no text from a server. */
export interface MessageOutcome {
  /** The Message-ID. */
  readonly messageId: string
  readonly outcome: SendOutcome
  /** When the transport got the message from nodemailer. */
  readonly startedAt: Date
  /** Milliseconds from then until the outcome. */
  readonly ms: number
  /** Where the outcome was decided; absent if no endpoint could be used. */
  readonly endpoint?: Endpoint
  /** Why the message was not accepted, or may not have been. */
  readonly failure?: Failure
}

/** @param since when the message was added to the pool, and `now`, in milliseconds since the epoch */
export function messageOutcomeOf(messageId: string, outcome: SubmissionOutcome, since: number, now: number): MessageOutcome {
  const { endpoint } = outcome
  return {
    messageId,
    outcome: outcome.isAccepted ? 'accepted' : outcome.delivery,
    startedAt: new Date(since),
    // The system clock may be set back.
    ms: Math.max(0, now - since),
    ...(endpoint && { endpoint }),
    ...(!outcome.isAccepted && { failure: outcome.failure }),
  }
}
