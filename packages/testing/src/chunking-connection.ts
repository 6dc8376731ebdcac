// oxlint-disable no-underscore-dangle -- The seams of the library's connection are named so. Its version is pinned for
// that reason; this file and mail-connection.ts are the only ones that use them.
import { PassThrough } from 'node:stream'
import type { SMTPServer, SMTPServerDataStream } from 'smtp-server'
import { SMTPConnection, type SMTPConnectionOptions } from 'smtp-server/lib/smtp-connection.js'
import type { SMTPStream } from 'smtp-server/lib/smtp-stream.js'

/** The library's connection with CHUNKING (RFC 3030): a message may come by BDAT in place of DATA. */
export class ChunkingConnection extends SMTPConnection {
  readonly #isOffered: boolean
  /** A message of which a chunk has come, and not yet the reply to its last one. */
  #message: SMTPServerDataStream | undefined
  /** Goes on to the next command after the last chunk. */
  #next = () => {}

  constructor(server: SMTPServer, socket: SMTPConnection['_socket'], options: unknown, isOffered: boolean) {
    super(server, socket, options as SMTPConnectionOptions)
    this.#isOffered = isOffered
  }

  /** The one reply of several lines is the offer in answer to EHLO. */
  override send(code: number, data?: string | string[] | null, context?: string | false): void {
    super.send(code, this.#isOffered && Array.isArray(data) ? [...data, 'CHUNKING'] : data, context)
  }

  override _getHandler(command: string): ReturnType<SMTPConnection['_getHandler']> {
    if (this.#isOffered && command === 'BDAT') return (line, next) => this.#receive(line, next)
    // RFC 3030 §2: neither mixes with chunks.
    if (this.#message && (command === 'DATA' || command === 'RCPT')) {
      return (_line, next) => {
        this.send(503, `5.5.1 ${command} has no place after BDAT`)
        next()
      }
    }
    return super._getHandler(command)
  }

  /** Also called at RSET and EHLO, which may come between two chunks. */
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
      // The client may have sent the bytes before it knew: they are read, and ignored.
      return readChunk(this._parser, Number(digits), next, undefined, (goOn) => {
        this.send(503, '5.5.1 No valid recipient')
        goOn()
      })
    }
    const message = (this.#message ??= this.#begin())
    readChunk(this._parser, Number(digits), next, (part) => this.#take(message, part), (goOn) => {
      if (last === undefined) {
        this.send(250, `2.0.0 ${digits} octets received`)
        return goOn()
      }
      this.#next = goOn
      message.end()
    })
  }

  #begin(): SMTPServerDataStream {
    const message = Object.assign(new PassThrough(), { byteLength: 0, sizeExceeded: false })
    // For the library, which ends the stream when the client leaves in the middle of the message.
    this._dataStream = message
    this._server.onData(message, this.session, (error) => this.#end(message, error))
    return message
  }

  /** Resolves where the message has no room for more at the moment, when it has. */
  #take(message: SMTPServerDataStream, part: Buffer): Promise<void> | undefined {
    message.byteLength += part.length
    message.sizeExceeded = message.byteLength > Number(this._server.options.size)
    if (!message.writable || message.write(part)) return undefined
    return new Promise((resolve) => {
      const onRoom = () => {
        message.off('drain', onRoom).off('close', onRoom)
        resolve()
      }
      message.on('drain', onRoom).on('close', onRoom)
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
 * Takes the next `size` bytes from the parser, whatever they are, and then goes on with commands. `next` ends the command
 * before them; `onEnd` is called with what goes on to the next one.
 */
function readChunk(
  parser: SMTPStream,
  size: number,
  next: () => void,
  onPart: ((part: Buffer) => Promise<void> | undefined) | undefined,
  onEnd: (goOn: () => void) => void,
): void {
  if (size === 0) return onEnd(next)
  let left = size
  // The parser hands everything to this method while it is in data mode, the rest of the current packet first.
  parser._dataMode = true
  parser._feedDataStream = (bytes, done) => {
    const part = bytes.subarray(0, left)
    left -= part.length
    const goOn = () => {
      if (left > 0) return done()
      parser._dataMode = false
      Reflect.deleteProperty(parser, '_feedDataStream')
      onEnd(() => parser._write(bytes.subarray(part.length), 'buffer', done))
    }
    const room = onPart?.(part)
    if (room) void room.then(goOn)
    else goOn()
  }
  next()
}
