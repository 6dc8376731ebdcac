import type { SmtpError } from '../failure/smtp-error.ts'
import type { Reply } from '../smtp/reply.ts'
import type { Server } from './server.ts'
import type { TransactionTimeouts } from './timeouts.ts'
import type { WriteSize } from './write-size.ts'

/** What receives the replies of a connection while a transaction is under way. */
export interface ReplyHandler {
  onReply(reply: Reply): void
  onLost(cause: SmtpError): void
}

/** What a transaction uses of its connection. */
export interface Conversation {
  readonly server: Server
  readonly timeouts: TransactionTimeouts
  readonly writeSize: WriteSize
  /** Transactions that were begun. */
  readonly transactions: number
  /** When the last reply came, in milliseconds of `performance.now()`. */
  readonly lastReplyAt: number
  /** Milliseconds for the first reply on a connection that has carried a message before. */
  readonly staleAfter: number
  /** Whether the operating system refused the last write: then it was not given everything. */
  readonly isWriteRefused: boolean
  /** Whether the server has sent more than the reply that is being handled. */
  readonly hasUnread: boolean
  /** Writes a command. */
  command(line: string): void
  /** Writes several commands at once (RFC 2920), and octets of the message behind them. */
  commands(lines: readonly string[], octets?: readonly Buffer[], done?: (error?: Error | null) => void): void
  /** Writes octets of the message. @param done called when the operating system has them, or with an error */
  write(octets: readonly Buffer[], done: (error?: Error | null) => void): void
  /** Gives the server `ms` from now for what is expected of it. */
  wait(ms: number): void
  /** Nothing is expected of the server: the next move is ours. */
  stopWaiting(): void
  /** No other transaction may begin; the one under way ends with the connection. */
  condemn(): void
  /** Closes the connection at once. */
  destroy(): void
}
