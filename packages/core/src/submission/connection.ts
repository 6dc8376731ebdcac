import type { Socket } from 'node:net'
import type { Endpoint } from '../endpoint.ts'
import { fromConversationError } from '../failure/from-system-error.ts'
import { SmtpError } from '../failure/smtp-error.ts'
import { timerMs } from '../clock.ts'
import { ignore } from '../smtp/error-guard.ts'
import { formatReply, type Reply, ReplyParser } from '../smtp/reply.ts'
import type { Offer } from '../smtp/capabilities.ts'
import type { Transcript } from '../smtp/wire.ts'
import type { BodyReader } from './body.ts'
import type { Conversation, ReplyHandler } from './conversation.ts'
import type { Envelope } from './envelope.ts'
import { STALE_AFTER } from './overdue-threshold.ts'
import { type Server, serverOf } from './server.ts'
import { Transaction } from './transaction.ts'
import type { TransactionResult } from './transaction-result.ts'
import type { TransactionTimeouts } from './timeouts.ts'
import { WriteSize } from './write-size.ts'

/** Options of a `SubmissionConnection`. */
export interface ConnectionOptions {
  readonly endpoint: Endpoint
  /** The reply to EHLO, without its first line. */
  readonly offer: Offer
  readonly timeouts: TransactionTimeouts
  /** The largest reply in octets. */
  readonly maxReply?: number | undefined
  readonly transcript?: Transcript | undefined
}

/**
 * A connection after the login. It runs one transaction after the other and owns its socket. Each reply is matched with its
 * command; an unexpected reply ends the connection.
 */
export class SubmissionConnection implements Conversation {
  readonly endpoint: Endpoint
  readonly offer: Offer
  readonly server: Server
  readonly timeouts: TransactionTimeouts
  readonly writeSize = new WriteSize()
  transactions = 0
  lastReplyAt = performance.now()
  /** The start of the current wait, for a reply or for the operating system to accept a block, by `performance.now()`; `Infinity`: none. */
  awaitingSince = Infinity
  /** The longest completed wait in this transaction, in milliseconds. */
  slowest = 0
  /** Whether the server has replied since the transaction, or RSET, began. */
  isAnswering = false
  staleAfter = STALE_AFTER
  isKeptOpen = true
  isWriteRefused = false
  /** Called once, when the connection is closed and no transaction is in progress. */
  onClose: (() => void) | undefined
  readonly #socket: Socket
  readonly #transcript: Transcript | undefined
  readonly #parser: ReplyParser
  #handler: ReplyHandler | undefined
  #unread = 0
  #isClosing = false
  #holdsProcess = true
  #closed: SmtpError | undefined
  #timer: NodeJS.Timeout | undefined
  #timerEndsAt = 0
  #waitMs = 0
  #waitEndsAt = Infinity

  /** @param socket connected, with TLS if required, and logged in; from now on owned by the connection */
  constructor(socket: Socket, { endpoint, offer, timeouts, maxReply, transcript }: ConnectionOptions) {
    this.endpoint = endpoint
    this.offer = offer
    this.timeouts = timeouts
    this.server = serverOf(offer, endpoint.security !== 'none')
    this.#socket = socket
    this.#transcript = transcript
    this.#parser = new ReplyParser(maxReply)
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.syscall === 'write') this.isWriteRefused = true
      this.#lose(new SmtpError(fromConversationError(error)))
    })
    socket.on('end', () => this.#lose(new SmtpError({ code: 'connection-lost' })))
    socket.on('close', () => this.#lose(new SmtpError({ code: 'connection-lost' })))
    socket.on('data', (bytes: Buffer) => this.#read(bytes))
    if (socket.destroyed) setImmediate(() => this.#lose(new SmtpError({ code: 'connection-lost' })))
  }

  /**
   * Whether another transaction can begin: the connection is open and idle, and the server has neither announced that it will close it nor
   * sent more than its last reply, which would be taken for the reply to the next command.
   */
  get isUsable(): boolean {
    return !this.#closed && !this.#isClosing && !this.#handler && this.#unread === 0
  }

  /** Whether a transaction is in progress. */
  get isBusy(): boolean {
    return this.#handler !== undefined
  }

  /** The IP address of the server. */
  get address(): string | undefined {
    return this.#socket.remoteAddress
  }

  /**
   * Submits one message. One transaction at a time.
   *
   * @param reading the message; its first block should be buffered, so that the server does not have to wait for it
   * @param done called once with the result; failures are results as well
   * @returns a function that aborts the transaction by destroying the connection
   */
  submit(envelope: Envelope, reading: BodyReader, mayChunk: boolean, done: (result: TransactionResult) => void): (cause: SmtpError) => void {
    this.transactions += 1
    this.slowest = 0
    this.isAnswering = false
    const transaction = new Transaction(this, envelope, reading, mayChunk, (result) => {
      this.#handler = undefined
      this.stopWaiting()
      done(result)
    })
    this.#handler = transaction
    if (this.#closed) {
      const cause = this.#closed
      setImmediate(() => transaction.onLost(cause))
    } else transaction.begin()
    return (cause) => this.#lose(cause)
  }

  preventReuse(): void {
    this.#isClosing = true
  }

  get hasUnread(): boolean {
    return this.#unread > 0 || this.#parser.partial
  }

  /** Sends RSET. @param done called with the reply, or with `false` if the connection cannot be used again */
  reset(done: (isUsable: boolean) => void): void {
    const finish = (isUsable: boolean) => {
      this.#handler = undefined
      this.stopWaiting()
      done(isUsable)
    }
    this.#handler = {
      onReply: ({ code }) => {
        const isDone = code >= 200 && code <= 299
        if (!isDone) this.#isClosing = true
        finish(isDone && !this.#isClosing)
        if (!isDone) this.destroy()
      },
      onLost: () => finish(false),
    }
    if (this.#closed) return finish(false)
    this.isAnswering = false
    this.command('RSET')
    this.wait(this.timeouts.mail)
  }

  command(line: string): void {
    this.#transcript?.client(line)
    this.#socket.write(`${line}\r\n`)
  }

  commands(lines: readonly string[], octets?: readonly Buffer[], done?: (error?: Error | null) => void): void {
    if (this.#transcript) for (const line of lines) this.#transcript.client(line)
    if (octets) this.#show(octets)
    const text = `${lines.join('\r\n')}\r\n`
    if (!octets) this.#socket.write(text, done)
    else this.#socket.write(Buffer.concat([Buffer.from(text), ...octets]), done)
  }

  write(octets: readonly Buffer[], done: (error?: Error | null) => void): void {
    this.#show(octets)
    this.#socket.write(octets.length === 1 ? octets[0]! : Buffer.concat(octets), done)
  }

  wait(ms: number): void {
    const now = performance.now()
    this.#endWait(now)
    this.awaitingSince = now
    if (ms === Infinity) {
      this.#waitEndsAt = Infinity
      return
    }
    this.#waitMs = ms
    this.#waitEndsAt = now + ms
    // One timer serves many waits: if it fires too early, it is set for the remaining time.
    if (!this.#timer || this.#timerEndsAt > this.#waitEndsAt) this.#arm(ms, now)
  }

  stopWaiting(): void {
    if (this.awaitingSince !== Infinity) this.#endWait(performance.now())
    this.awaitingSince = this.#waitEndsAt = Infinity
  }

  /** Sets whether an idle connection keeps the process running. */
  holdProcess(isHeld: boolean): void {
    if (isHeld === this.#holdsProcess) return
    this.#holdsProcess = isHeld
    if (isHeld) this.#socket.ref()
    else this.#socket.unref()
  }

  /** Sends QUIT and closes the connection without waiting for the reply. */
  quit(): void {
    if (this.#closed) return
    this.#isClosing = true
    this.#transcript?.client('QUIT')
    const socket = this.#socket
    socket.unref()
    socket.end('QUIT\r\n', () => socket.destroy())
    // The timer destroys the socket if the server does not read. It is unreferenced, so it does not keep the process running.
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => socket.destroy(), QUIT_WAIT).unref()
  }

  destroy(): void {
    this.#lose(new SmtpError({ code: 'connection-lost' }))
  }

  #show(octets: readonly Buffer[]): void {
    const { message } = this.#transcript ?? {}
    if (message) for (const piece of octets) message(piece)
  }

  #endWait(now: number): void {
    if (this.awaitingSince !== Infinity) this.slowest = Math.max(this.slowest, now - this.awaitingSince)
  }

  #arm(ms: number, now: number): void {
    clearTimeout(this.#timer)
    this.#timerEndsAt = now + ms
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      const later = performance.now()
      const left = this.#waitEndsAt - later
      if (left === Infinity) return
      if (left > 1) this.#arm(left, later)
      else this.#lose(this.#timeout())
    }, timerMs(ms)).unref()
  }

  #timeout(): SmtpError {
    return new SmtpError({ code: 'reply-timeout', values: { seconds: Math.round(this.#waitMs / 100) / 10 } })
  }

  #read(bytes: Buffer): void {
    let rest = bytes
    try {
      while (rest.length > 0 && !this.#closed) {
        const pushed = this.#parser.push(rest)
        rest = pushed.rest
        this.#unread = rest.length
        if (pushed.reply) this.#onReply(pushed.reply)
      }
    } catch (error) {
      if (!(error instanceof SmtpError)) throw error
      this.#lose(error)
    }
  }

  #onReply(reply: Reply): void {
    this.lastReplyAt = performance.now()
    this.isAnswering = true
    this.#transcript?.server(formatReply(reply))
    // 421: the server is about to close the connection (RFC 5321 §3.8, §4.2.1).
    if (reply.code === 421) this.#isClosing = true
    if (this.#handler) return this.#handler.onReply(reply)
    if (!this.#isClosing) this.#lose(new SmtpError({ code: 'protocol-error' }))
    else if (reply.code === 421) this.quit()
  }

  #lose(cause: SmtpError): void {
    if (this.#closed) return
    this.#closed = cause
    clearTimeout(this.#timer)
    this.#timer = undefined
    const socket = this.#socket
    socket.removeAllListeners('data')
    socket.on('error', ignore).destroy()
    this.#handler?.onLost(cause)
    this.onClose?.()
  }
}

/** Milliseconds after QUIT until the socket is destroyed. */
const QUIT_WAIT = 5_000
