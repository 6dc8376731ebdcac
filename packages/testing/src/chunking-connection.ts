// oxlint-disable no-underscore-dangle -- These are internals of smtp-server, whose version is pinned because of them. Only
// this file, mail-connection.ts and mail-server.ts use them.
import { PassThrough } from 'node:stream'
import type { SMTPServer, SMTPServerDataStream } from 'smtp-server'
import { SMTPConnection, type SMTPConnectionOptions } from 'smtp-server/lib/smtp-connection.js'
import type { SMTPStream } from 'smtp-server/lib/smtp-stream.js'

/** Adds CHUNKING (RFC 3030) to smtp-server's connection: BDAT in place of DATA. */
export class ChunkingConnection extends SMTPConnection {
  readonly #isOffered: boolean
  /** The message whose chunks are being received, until its final reply. */
  #message: SMTPServerDataStream | undefined
  /** Continues with the command after the last chunk. */
  #next = () => {}

  constructor(server: SMTPServer, socket: SMTPConnection['_socket'], options: unknown, isOffered: boolean) {
    super(server, socket, options as SMTPConnectionOptions)
    this.#isOffered = isOffered
  }

  /** Only the reply to EHLO has several lines. */
  override send(code: number, data?: string | string[] | null, context?: string | false): void {
    super.send(code, this.#isOffered && Array.isArray(data) ? [...data, 'CHUNKING'] : data, context)
  }

  override _getHandler(command: string): ReturnType<SMTPConnection['_getHandler']> {
    if (this.#isOffered && command === 'BDAT') return (line, next) => this.#receive(line, next)
    // RFC 3030 §2: not allowed once a chunk was sent.
    if (this.#message && (command === 'DATA' || command === 'RCPT')) {
      return (_line, next) => {
        this.send(503, `5.5.1 ${command} is not allowed after BDAT`)
        next()
      }
    }
    return super._getHandler(command)
  }

  /** Also called for RSET and EHLO, which may arrive between two chunks. */
  override _resetSession(): void {
    this.#message?.destroy()
    this.#message = undefined
    super._resetSession()
  }

  #receive(line: Buffer, next: () => void): void {
    const [, digits, last] = /^BDAT +(\d+)( +LAST)? *$/i.exec(line.toString()) ?? []
    if (digits === undefined || !this._parser) {
      this.send(501, '5.5.4 Syntax: BDAT size [LAST]')
      return next()
    }
    if (!this.#message && this.session.envelope.rcptTo.length === 0) {
      // A pipelining client sends the bytes before it sees this reply: discard them.
      return readChunk(this._parser, Number(digits), next, undefined, (resume) => {
        this.send(503, '5.5.1 No valid recipient')
        resume()
      })
    }
    const message = (this.#message ??= this.#begin())
    readChunk(this._parser, Number(digits), next, (part) => this.#write(message, part), (resume) => {
      if (last === undefined) {
        this.send(250, `2.0.0 ${digits} octets received`)
        return resume()
      }
      this.#next = resume
      message.end()
    })
  }

  #begin(): SMTPServerDataStream {
    const message = Object.assign(new PassThrough(), { byteLength: 0, sizeExceeded: false })
    // smtp-server ends this stream when the client disconnects during the message.
    this._dataStream = message
    this._server.onData(message, this.session, (error) => this.#end(message, error))
    return message
  }

  /** Writes a part of the message. Returns a promise if the stream's buffer is full; it resolves on drain. */
  #write(message: SMTPServerDataStream, part: Buffer): Promise<void> | undefined {
    message.byteLength += part.length
    message.sizeExceeded = message.byteLength > Number(this._server.options.size)
    if (!message.writable || message.write(part)) return undefined
    return new Promise((resolve) => {
      const onWritable = () => {
        message.off('drain', onWritable).off('close', onWritable)
        resolve()
      }
      message.on('drain', onWritable).on('close', onWritable)
    })
  }

  #end(message: SMTPServerDataStream, error?: (Error & { readonly responseCode?: number | undefined }) | null): void {
    if (this.#message !== message) return
    this.#message = undefined
    this._dataStream = false
    this._transactionCounter += 1
    if (error) this.send(error.responseCode ?? 450, error.message)
    else this.send(250, 'OK: message queued', 'DATA_OK')
    this._resetSession()
    this.#next()
  }
}

/**
 * Reads the next `size` bytes from the parser as data, then returns it to commands. `next` ends the BDAT command; `onEnd`
 * receives a function that continues with the next command.
 */
function readChunk(
  parser: SMTPStream,
  size: number,
  next: () => void,
  onPart: ((part: Buffer) => Promise<void> | undefined) | undefined,
  onEnd: (resume: () => void) => void,
): void {
  if (size === 0) return onEnd(next)
  let left = size
  // In data mode the parser calls this method with all input, starting with the rest of the current packet.
  parser._dataMode = true
  parser._feedDataStream = (bytes, done) => {
    const part = bytes.subarray(0, left)
    left -= part.length
    const resume = () => {
      if (left > 0) return done()
      parser._dataMode = false
      Reflect.deleteProperty(parser, '_feedDataStream')
      onEnd(() => parser._write(bytes.subarray(part.length), 'buffer', done))
    }
    const drained = onPart?.(part)
    if (drained) void drained.then(resume)
    else resume()
  }
  next()
}
