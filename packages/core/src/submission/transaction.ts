import { SmtpError } from '../failure/smtp-error.ts'
import { ignore } from '../smtp/error-guard.ts'
import type { Reply } from '../smtp/reply.ts'
import type { Stage } from '../failure/failure.ts'
import { READ_AHEAD, type BodyReader } from './body.ts'
import type { Conversation, ReplyHandler } from './conversation.ts'
import { type Envelope, findFault, mailCommand, rcptCommand } from './envelope.ts'
import { LineEnds } from './line-ends.ts'
import type { RejectedRecipient, TransactionResult } from './transaction-result.ts'

/** The command that a reply belongs to; `nothing`: an empty message after all recipients were refused. */
type Expected = 'mail' | 'rcpt' | 'data' | 'end' | 'nothing'

const END_OF_DATA = Buffer.from('.\r\n')

/**
 * The largest message that is written together with its end. It fits into the send buffer of a new connection, so the
 * operating system accepts all of it, or the connection is lost before.
 */
const ONE_WRITE = 16_384

/** Octets at the end of a larger message that are held back until the operating system has accepted the rest. */
const TAIL = 64

/** A server may close an idle connection unnoticed. After this many milliseconds, the message is sent only after the reply to its envelope. */
const TRUSTED_FOR = 2_000

/**
 * One mail transaction (RFC 5321 §3.3): MAIL, RCPT, DATA or BDAT, the message. It keeps track of the pending replies and of
 * the octets that the operating system has accepted.
 */
export class Transaction implements ReplyHandler {
  readonly #connection: Conversation
  readonly #envelope: Envelope
  readonly #reading: BodyReader
  readonly #mayChunk: boolean
  readonly #done: (result: TransactionResult) => void
  readonly #expected: Expected[] = []
  readonly #startedAt = performance.now()
  #envelopeAt = 0
  /** The index of the recipient for the next reply to RCPT; without PIPELINING, also of the next RCPT to send. */
  #answered = 0
  #accepted: string[] = []
  #rejected: RejectedRecipient[] = []
  #refusal: { readonly stage: 'mail' | 'rcpt' | 'data'; readonly reply: Reply } | undefined
  /** Whether the message is sent as a chunk (RFC 3030) instead of with DATA. */
  #isChunked = false
  /** The whole message in wire form, if it is in memory before the transaction. */
  #whole: Buffer[] | undefined
  #lines: LineEnds | undefined
  #isInBody = false
  #isWriting = false
  /** Octets of the message that are ready to be written. */
  #pending: Buffer[] = []
  #pendingSize = 0
  /** Whether the end of the message was passed to the operating system. */
  #isEndWritten = false
  #isOver = false

  constructor(connection: Conversation, envelope: Envelope, reading: BodyReader, mayChunk: boolean, done: (result: TransactionResult) => void) {
    this.#connection = connection
    this.#envelope = envelope
    this.#reading = reading
    this.#mayChunk = mayChunk
    this.#done = done
  }

  begin(): void {
    const { server, timeouts, transactions, staleAfter } = this.#connection
    const { to, dsn } = this.#envelope
    const { error } = this.#reading
    if (error) return this.#finish({ kind: 'unreadable', cause: error })
    const isKnown = this.#reading.isEnded && this.#reading.size <= READ_AHEAD
    this.#isChunked = isKnown && this.#mayChunk && server.chunking && server.pipelining
    const knownSize = isKnown ? this.#prepareWhole() : undefined
    const fault = findFault(this.#envelope, server, knownSize)
    if (fault) return this.#finish({ kind: 'unsuited', fault })

    const mail = mailCommand(this.#envelope, server, knownSize, isKnown && this.#lines!.has8Bit)
    this.#expected.push('mail')
    // A reused connection may be dead: without a reply, a new one to the same endpoint is opened.
    this.#connection.wait(transactions > 1 ? Math.min(timeouts.mail, staleAfter) : timeouts.mail)
    if (!server.pipelining) return this.#connection.command(mail)

    const commands = [mail, ...to.map((recipient) => rcptCommand(recipient, dsn, server))]
    for (let count = to.length; count > 0; count--) this.#expected.push('rcpt')
    if (!this.#isChunked) {
      commands.push('DATA')
      this.#expected.push('data')
      return this.#connection.commands(commands)
    }
    // With several recipients, wait for their replies before the message: the caller may not want a partial delivery.
    if (to.length === 1 && this.#isTrusted) this.#sendChunk(commands)
    else this.#connection.commands(commands)
  }

  onReply(reply: Reply): void {
    if (this.#isOver) return
    const expected = this.#expected.shift()
    // A reply that arrived before its command or message was sent is unexpected.
    if (expected !== undefined && this.#expected.length === 0 && !this.#isInBody && this.#connection.hasUnread) {
      return this.#abort(new SmtpError({ code: 'protocol-error', replyCode: reply.code }))
    }
    const kind = Math.floor(reply.code / 100)
    if (expected === undefined) return this.#onUnexpected(reply)
    if (expected === 'nothing') return this.#refuse()
    const isGo = kind === 3
    if (isGo !== (expected === 'data' && kind < 4)) return this.#abort(new SmtpError({ code: 'protocol-error', replyCode: reply.code }))
    const isYes = kind === 2 || isGo
    if (expected === 'mail') this.#onMail(reply, isYes)
    else if (expected === 'rcpt') this.#onRcpt(reply, isYes)
    else if (expected === 'data') this.#onData(reply, isYes)
    else this.#onEnd(reply, isYes)
  }

  onLost(cause: SmtpError): void {
    if (this.#isOver) return
    // A complete refusal decides, whatever happens afterwards.
    if (this.#isRefused) return this.#refuse()
    const stage = this.#stage
    // If the operating system refused the last write, the server did not get the end, which is always written last.
    const mayBeAccepted = this.#isEndWritten && !this.#connection.isWriteRefused
    this.#finish({ kind: 'lost', stage: mayBeAccepted || !this.#isEndWritten ? stage : 'data', cause, mayBeAccepted })
  }

  #onMail(reply: Reply, isYes: boolean): void {
    if (!isYes) this.#refusal = { stage: 'mail', reply }
    if (isClosing(reply)) return this.#refuse()
    if (this.#connection.server.pipelining) return this.#proceed()
    if (isYes) this.#sendRcpt()
    else this.#refuse()
  }

  #onRcpt(reply: Reply, isYes: boolean): void {
    const { to } = this.#envelope
    const recipient = to[this.#answered++]!
    if (isYes) this.#accepted.push(recipient)
    else this.#rejected.push({ recipient, reply })
    if (isClosing(reply)) {
      this.#refusal = { stage: 'rcpt', reply }
      return this.#refuse()
    }
    if (this.#connection.server.pipelining) return this.#proceed()
    if (this.#answered === to.length) this.#sendData()
    else this.#sendRcpt()
  }

  #onEnd(reply: Reply, isYes: boolean): void {
    if (this.#isRefused) return this.#refuse()
    if (!isYes) return this.#finish({ kind: 'refused', stage: 'message', reply, rejected: this.#rejected })
    const now = performance.now()
    const envelopeAt = this.#envelopeAt || now
    this.#finish({
      kind: 'accepted',
      reply,
      accepted: this.#accepted,
      rejected: this.#rejected,
      envelopeMs: Math.round(envelopeAt - this.#startedAt),
      messageMs: Math.round(now - envelopeAt),
      octets: this.#lines!.written,
    })
  }

  /** The stage that the transaction has reached. */
  get #stage(): Stage {
    if (this.#isEndWritten) return 'message'
    if (this.#isInBody) return 'data'
    const next = this.#expected[0]
    return next === 'mail' || next === 'rcpt' || next === 'data' ? next : 'mail'
  }

  /** Whether the sender, or every recipient, or DATA was refused. */
  get #isRefused(): boolean {
    return this.#refusal !== undefined || (this.#rejected.length > 0 && this.#accepted.length === 0 && this.#answered === this.#envelope.to.length)
  }

  /** Whether the server has replied recently, and keeps connections open after its replies. */
  get #isTrusted(): boolean {
    const { isKeptOpen, transactions, lastReplyAt } = this.#connection
    return (isKeptOpen || transactions === 1) && performance.now() - lastReplyAt < TRUSTED_FOR
  }

  /** @returns the size of the message in octets (RFC 1870 §3) */
  #prepareWhole(): number {
    const lines = (this.#lines = new LineEnds(!this.#isChunked))
    const whole: Buffer[] = (this.#whole = [])
    for (const piece of this.#reading.peek()) lines.push(piece, whole)
    lines.end(whole)
    const size = lines.written - lines.dots
    if (this.#isChunked) return size
    whole.push(END_OF_DATA)
    lines.written += END_OF_DATA.length
    return size
  }

  #sendRcpt(): void {
    const { server, timeouts } = this.#connection
    this.#expected.push('rcpt')
    this.#connection.wait(timeouts.rcpt)
    this.#connection.command(rcptCommand(this.#envelope.to[this.#answered]!, this.#envelope.dsn, server))
  }

  /** Sends DATA after the last reply to RCPT, without PIPELINING. */
  #sendData(): void {
    if (this.#isRefused) return this.#refuse()
    this.#expected.push('data')
    this.#connection.wait(this.#connection.timeouts.data)
    this.#connection.command('DATA')
  }

  /** Waits for the next pending reply, with PIPELINING. */
  #proceed(): void {
    const [next] = this.#expected
    const { timeouts } = this.#connection
    if (next !== undefined) return this.#connection.wait(next === 'nothing' ? timeouts.data : timeouts[next])
    // The rest of the message is being written.
    if (this.#isInBody) return
    // All replies to the envelope have arrived: send the message, which is one chunk.
    this.#envelopeAt = performance.now()
    if (this.#isRefused) this.#refuse()
    else this.#sendChunk([])
  }

  #onData(reply: Reply, isYes: boolean): void {
    this.#envelopeAt = performance.now()
    if (this.#isRefused) {
      if (!isYes) return this.#refuse()
      // The server accepted DATA without a valid recipient. An empty message is harmless if all recipients were refused. If the
      // sender was refused, the server does not follow the protocol.
      if (this.#refusal) return this.#abort(new SmtpError({ code: 'protocol-error' }))
      this.#expected.push('nothing')
      this.#connection.wait(this.#connection.timeouts.data)
      return this.#connection.write([END_OF_DATA], ignore)
    }
    if (!isYes) {
      this.#refusal = { stage: 'data', reply }
      return this.#refuse()
    }
    this.#isInBody = true
    if (this.#whole) return this.#sendWhole(this.#whole)
    this.#lines = new LineEnds(true)
    this.#reading.onChange = () => this.#pump()
    this.#pump()
  }

  /** Sends the commands, followed by the whole message as one chunk. */
  #sendChunk(commands: readonly string[]): void {
    this.#sendWhole(this.#whole!, [...commands, `BDAT ${this.#lines!.written} LAST`])
  }

  /** Sends a message that is in memory; a small one in one write. */
  #sendWhole(whole: readonly Buffer[], commands?: readonly string[]): void {
    const connection = this.#connection
    const write = (octets: readonly Buffer[], done: (error?: Error | null) => void) =>
      commands ? connection.commands(commands, octets, done) : connection.write(octets, done)
    this.#isInBody = true
    if (this.#lines!.written <= ONE_WRITE) {
      this.#awaitEnd()
      return write(whole, ignore)
    }
    connection.wait(connection.timeouts.block)
    const all = Buffer.concat(whole)
    const end = all.length - TAIL
    write([all.subarray(0, end)], (error) => this.#writeEnd([all.subarray(end)], error))
  }

  /** Sends what the source has delivered, one write at a time, to know which octets the operating system has accepted. */
  #pump(): void {
    if (this.#isOver || this.#isWriting || this.#isEndWritten) return
    const { error } = this.#reading
    if (error) return this.#abort(undefined, error)
    const lines = this.#lines!
    if (this.#pendingSize < READ_AHEAD) for (const piece of this.#reading.take(this.#connection.writeSize.octets)) {
      const before = lines.written
      lines.push(piece, this.#pending)
      this.#pendingSize += lines.written - before
    }
    const { isEnded } = this.#reading
    // Waiting for the source: no timeout for the server.
    if (this.#pendingSize < READ_AHEAD && !isEnded) return this.#connection.stopWaiting()
    if (this.#pending.length > 0) return this.#writePending()
    const end: Buffer[] = []
    lines.end(end)
    lines.written += END_OF_DATA.length
    this.#writeEnd([...end, END_OF_DATA], undefined)
  }

  #writePending(): void {
    const { writeSize, timeouts } = this.#connection
    const most = writeSize.octets
    const isFull = this.#pendingSize >= most
    const block = this.#takeBlock(most)
    const startedAt = performance.now()
    this.#isWriting = true
    this.#connection.wait(timeouts.block)
    this.#connection.write(block, (error) => {
      this.#isWriting = false
      if (error) return
      if (isFull) writeSize.adapt(performance.now() - startedAt)
      this.#pump()
    })
  }

  /** Removes up to `most` pending octets. Writes are limited in size, because only a finished write shows progress. */
  #takeBlock(most: number): Buffer[] {
    const pending = this.#pending
    let size = 0
    let count = 0
    while (size < most && count < pending.length) size += pending[count++]!.length
    const block = pending.splice(0, count)
    const excess = size - most
    if (excess > 0) {
      const last = block.pop()!
      const kept = last.length - excess
      block.push(last.subarray(0, kept))
      pending.unshift(last.subarray(kept))
      size = most
    }
    this.#pendingSize -= size
    return block
  }

  /** Writes the end, after the operating system has accepted everything before it. From here on the message may be accepted. */
  #writeEnd(end: readonly Buffer[], error: Error | null | undefined): void {
    if (error || this.#isOver) return
    this.#awaitEnd()
    this.#connection.write(end, ignore)
  }

  #awaitEnd(): void {
    const { timeouts } = this.#connection
    this.#isEndWritten = true
    const [next = 'end'] = this.#expected
    this.#expected.push('end')
    this.#connection.wait(next === 'nothing' ? timeouts.end : timeouts[next])
  }

  /** Handles an unexpected reply. A server may refuse a message before its end, but cannot accept it. */
  #onUnexpected(reply: Reply): void {
    if (reply.code < 400) return this.#abort(new SmtpError({ code: 'protocol-error', replyCode: reply.code }))
    this.#connection.preventReuse()
    if (this.#isRefused) this.#refuse()
    else this.#finish({ kind: 'refused', stage: 'message', reply, rejected: this.#rejected })
    this.#connection.destroy()
  }

  #refuse(): void {
    const { stage, reply } = this.#refusal ?? { stage: 'rcpt' as const, reply: this.#rejected[0]!.reply }
    this.#finish({ kind: 'refused', stage, reply, rejected: this.#rejected })
  }

  /** Ends the transaction and the connection. */
  #abort(cause: SmtpError | undefined, unreadable?: Error): void {
    this.#connection.preventReuse()
    if (unreadable) this.#finish({ kind: 'unreadable', cause: unreadable })
    else if (cause) this.onLost(cause)
    this.#connection.destroy()
  }

  #finish(result: TransactionResult): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#reading.onChange = undefined
    this.#done(result)
  }
}

/** Whether the server closes the connection after this reply (RFC 5321 §3.8). */
function isClosing({ code }: Reply): boolean {
  return code === 421
}
