import type { Socket } from 'node:net'
import type { Endpoint } from '../endpoint.ts'
import { fromSystemError } from '../failure/from-system-error.ts'
import { SmtpError } from '../failure/smtp-error.ts'
import { timerMs } from '../clock.ts'
import { ignore } from '../smtp/error-guard.ts'
import { formatReply, type Reply, ReplyParser } from '../smtp/reply.ts'
import type { Offer } from '../smtp/capabilities.ts'
import type { Transcript } from '../smtp/wire.ts'
import type { BodyReader } from './body.ts'
import type { Conversation, ReplyHandler } from './conversation.ts'
import type { Envelope } from './envelope.ts'
import { STALE_AFTER } from './reply-patience.ts'
import { type Server, serverOf } from './server.ts'
import { Transaction } from './transaction.ts'
import type { TransactionResult } from './transaction-result.ts'
import type { TransactionTimeouts } from './timeouts.ts'
import { WriteSize } from './write-size.ts'

/** What a connection needs to know when a session hands it over. */
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
 * A connection on which the login is made: it carries one transaction after the other. It owns its socket; every reply is
 * matched with the command it answers, and a reply to nothing ends the connection.
 */
export class SubmissionConnection implements Conversation {
  readonly endpoint: Endpoint
  readonly offer: Offer
  readonly server: Server
  readonly timeouts: TransactionTimeouts
  readonly writeSize = new WriteSize()
  transactions = 0
  lastReplyAt = performance.now()
  /** Since when a reply is due, or the operating system is to take a block, in milliseconds of `performance.now()`; `Infinity`: nothing is. */
  awaitingSince = Infinity
  /** The longest of these waits in this transaction that has ended, in milliseconds. */
  slowest = 0
  /** Whether the server has answered something since the transaction, or RSET, began. */
  isAnswering = false
  staleAfter = STALE_AFTER
  isWriteRefused = false
  /** Called once when the connection is gone and no transaction is under way. */
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

  /** @param socket connected, under TLS where that is wanted, and logged in; the connection owns it from here on */
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
      this.#lose(new SmtpError(fromSystemError(error, 'connection-lost')))
    })
    socket.on('end', () => this.#lose(new SmtpError({ code: 'connection-lost' })))
    socket.on('close', () => this.#lose(new SmtpError({ code: 'connection-lost' })))
    socket.on('data', (bytes: Buffer) => this.#read(bytes))
    if (socket.destroyed) setImmediate(() => this.#lose(new SmtpError({ code: 'connection-lost' })))
  }

  /** Whether another transaction can begin: the connection is open, idle, and the server has not announced its end. */
  get isUsable(): boolean {
    return !this.#closed && !this.#isClosing && !this.#handler
  }

  /** Whether a transaction is under way. */
  get isBusy(): boolean {
    return this.#handler !== undefined
  }

  /** The address of the server. */
  get address(): string | undefined {
    return this.#socket.remoteAddress
  }

  /**
   * Submits one message. One transaction at a time.
   *
   * @param reading the message; its first block should be at hand, so that the server does not wait for it
   * @param done called once with the outcome, which is never an exception
   * @returns a function that breaks the transaction off by destroying the connection
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

  condemn(): void {
    this.#isClosing = true
  }

  get hasUnread(): boolean {
    return this.#unread > 0 || this.#parser.partial
  }

  /** Ends the transaction state on the server; the connection is usable again when the reply has come. @param done receives whether it is */
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
    // One timer serves many timeouts: when it fires early, it is set for the rest.
    if (!this.#timer || this.#timerEndsAt > this.#waitEndsAt) this.#arm(ms, now)
  }

  stopWaiting(): void {
    if (this.awaitingSince !== Infinity) this.#endWait(performance.now())
    this.awaitingSince = this.#waitEndsAt = Infinity
  }

  /** Whether an idle connection holds the process open. */
  holdProcess(isHeld: boolean): void {
    if (isHeld === this.#holdsProcess) return
    this.#holdsProcess = isHeld
    if (isHeld) this.#socket.ref()
    else this.#socket.unref()
  }

  /** Takes leave. The server's answer is not waited for. */
  quit(): void {
    if (this.#closed) return
    this.#isClosing = true
    this.#transcript?.client('QUIT')
    const socket = this.#socket
    socket.unref()
    socket.end('QUIT\r\n', () => socket.destroy())
    // A server that does not read must not keep the socket; one that is gone must not be kept by the timer.
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
    // The server is about to close the connection, whatever it answers (RFC 5321 §3.8, §4.2.1).
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

/** Milliseconds that a QUIT may take to leave. */
const QUIT_WAIT = 5_000
