import type { Stage } from '../failure/failure.ts'
import type { SmtpError } from '../failure/smtp-error.ts'
import type { Reply } from '../smtp/reply.ts'
import type { EnvelopeFault } from './envelope.ts'

/** A recipient that the server refused. */
export interface RejectedRecipient {
  readonly recipient: string
  readonly reply: Reply
}

/** The server accepted the message. */
export interface Accepted {
  readonly kind: 'accepted'
  /** The reply to the end of the message. */
  readonly reply: Reply
  readonly accepted: readonly string[]
  readonly rejected: readonly RejectedRecipient[]
  /** Milliseconds until the last reply to the envelope. */
  readonly envelopeMs: number
  /** Milliseconds from that reply to the reply to the message. */
  readonly messageMs: number
  /** Octets of the message on the wire, including the end of data. */
  readonly octets: number
}

/** The server refused the message with 4yz or 5yz. */
export interface Refused {
  readonly kind: 'refused'
  readonly stage: Extract<Stage, 'mail' | 'rcpt' | 'data' | 'message'>
  readonly reply: Reply
  readonly rejected: readonly RejectedRecipient[]
}

/** The connection was lost, the server stopped replying, or it sent something that is not a reply. */
export interface Lost {
  readonly kind: 'lost'
  readonly stage: Stage
  /** The error that ended the transaction. */
  readonly cause: SmtpError
  /** Whether the end of the message was passed to the operating system, so that the server may have accepted it. */
  readonly mayBeAccepted: boolean
}

/** The message could not be read. */
export interface Unreadable {
  readonly kind: 'unreadable'
  readonly cause: Error
}

/** Nothing was sent, because this server cannot accept the message. */
export interface Unsuited {
  readonly kind: 'unsuited'
  readonly fault: EnvelopeFault
}

/** How a transaction ended. */
export type TransactionResult = Accepted | Refused | Lost | Unreadable | Unsuited
