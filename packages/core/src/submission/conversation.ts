import type { SmtpError } from '../failure/smtp-error.ts'
import type { Reply } from '../smtp/reply.ts'
import type { Server } from './server.ts'
import type { TransactionTimeouts } from './timeouts.ts'
import type { WriteSize } from './write-size.ts'

/** Receives the replies of a connection during a transaction. */
export interface ReplyHandler {
  onReply(reply: Reply): void
  onLost(cause: SmtpError): void
}

/** The part of a connection that a transaction uses. */
export interface Conversation {
  readonly server: Server
  readonly timeouts: TransactionTimeouts
  readonly writeSize: WriteSize
  /** The number of transactions that were started. */
  readonly transactions: number
  /** Whether no connection to this server was closed after its reply without a 421. */
  readonly isKeptOpen: boolean
  /** When the last reply arrived, in milliseconds of `performance.now()`. */
  readonly lastReplyAt: number
  /** Milliseconds for the first reply on a reused connection. */
  readonly staleAfter: number
  /** Whether the last write failed, so that the operating system did not accept all of it. */
  readonly isWriteRefused: boolean
  /** Whether the server has sent more octets than the current reply. */
  readonly hasUnread: boolean
  /** Writes a command. */
  command(line: string): void
  /** Writes several commands at once (RFC 2920), followed by octets of the message. */
  commands(lines: readonly string[], octets?: readonly Buffer[], done?: (error?: Error | null) => void): void
  /** Writes octets of the message. @param done called when the operating system has accepted them, or with an error */
  write(octets: readonly Buffer[], done: (error?: Error | null) => void): void
  /** Starts a wait of `ms` milliseconds for the server. */
  wait(ms: number): void
  /** Ends the wait: nothing is expected of the server. */
  stopWaiting(): void
  /** Prevents further transactions; the current one ends with the connection. */
  preventReuse(): void
  /** Closes the connection immediately. */
  destroy(): void
}
