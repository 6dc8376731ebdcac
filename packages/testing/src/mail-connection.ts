// oxlint-disable no-underscore-dangle -- Internals of smtp-server; see chunking-connection.ts.
import type { Socket } from 'node:net'
import type { SMTPServer } from 'smtp-server'
import type { SMTPConnection } from 'smtp-server/lib/smtp-connection.js'
import { ChunkingConnection } from './chunking-connection.ts'
import type { HeldReplies } from './held-replies.ts'
import type { ConnectionControls, StepContext, StepHandler, StepHandlers } from './step-handler.ts'

type Command = 'EHLO' | 'HELO' | 'STARTTLS' | 'AUTH' | 'MAIL' | 'RCPT' | 'DATA'

export interface ConnectionOptions {
  readonly allowCleartext: boolean
  readonly chunking: boolean
  readonly heldReplies: HeldReplies
  /** Called for an AUTH command before encryption. */
  onEarlyAuth(mechanism: string): void
}

/** One client's SMTP session: smtp-server's, except at commands that have a step handler. */
export class MailConnection extends ChunkingConnection implements ConnectionControls {
  /** To be set before `init`. */
  handlers: StepHandlers = {}
  readonly #options: ConnectionOptions
  /** The TCP connection, on a port that uses STARTTLS. */
  readonly #lowest: Socket
  #outermost: Socket

  constructor(server: SMTPServer, socket: SMTPConnection['_socket'], serverOptions: unknown, options: ConnectionOptions) {
    super(server, socket, serverOptions, options.chunking)
    this.#options = options
    this.#lowest = this.#outermost = this._socket
  }

  /** Greets immediately. smtp-server waits 100 ms to detect clients that send before the greeting. */
  override init(): void {
    this._setListeners(() => this.connectionReady())
  }

  /** Adds no second enhanced status code to a text that has one. Leaves AUTH out of EHLO replies before encryption. */
  override send(code: number, data?: string | string[] | null, context?: string | false): void {
    if (!Array.isArray(data)) return super.send(code, data, /^\d\.\d+\.\d+ /.test(data ?? '') ? false : context)
    const hideAuth = !this.secure && !this.#options.allowCleartext
    super.send(code, hideAuth ? data.filter((line) => !line.startsWith('AUTH ')) : data, context)
  }

  override _getHandler(command: string): ReturnType<SMTPConnection['_getHandler']> {
    const handler = this.handlers[command as Command]
    if (handler) {
      const usual = super._getHandler(command)
      return (line, next) => {
        const proceed = () => usual?.call(this, line, next)
        this.#run(handler, { connection: this, line, next, proceed })
      }
    }
    if (command === 'AUTH' && !this.secure) return (line, next) => this.#earlyAuth(line, next)
    return super._getHandler(command)
  }

  /** smtp-server calls this with each new socket: the only access to the TLS socket during its handshake. */
  override _armTimeout(socket: Socket = this._socket): void {
    this.#outermost = socket
    super._armTimeout(socket)
  }

  write(bytes: string | Buffer): void {
    if (!this._socket.destroyed) this._socket.write(bytes)
  }

  ehloReply(line: Buffer): Buffer {
    const socket = this._socket
    const chunks: Buffer[] = []
    const write = Object.getOwnPropertyDescriptor(socket, 'write')
    socket.write = (chunk: Uint8Array | string) => chunks.push(Buffer.from(chunk as string)) > 0
    this.handler_EHLO(line, () => {})
    if (write) Object.defineProperty(socket, 'write', write)
    else Reflect.deleteProperty(socket, 'write')
    return Buffer.concat(chunks)
  }

  writeBelowTls(bytes: string): void {
    this.#lowest.write(bytes)
  }

  flood(bytes: string): void {
    const socket = this._socket
    const timer = setInterval(() => {
      if (!socket.writableNeedDrain) socket.write(bytes)
    }, FLOOD_INTERVAL)
    socket.once('close', () => clearInterval(timer))
    this.ignoreInput()
  }

  challenge(onAnswer: (next: () => void) => void): void {
    this._nextHandler = (_line, next) => onAnswer(next)
    this.send(334, '')
  }

  ignoreInput(): void {
    if (this._parser) this._socket.unpipe(this._parser)
    this._socket.resume()
  }

  hold(proceed: () => void): void {
    this.#options.heldReplies.add({ send: proceed, isClosed: () => this.#outermost.destroyed })
  }

  drop(): void {
    this.#outermost.destroy()
  }

  #run(handler: StepHandler, context: StepContext): void {
    const result = handler(context)
    if (result === 'no-reply') return
    this.send(result.responseCode, result.message)
    context.next()
  }

  #earlyAuth(line: Buffer, next: () => void): void {
    if (this.#options.allowCleartext) return this.handler_AUTH(line, next)
    this.#options.onEarlyAuth(line.toString().split(' ')[1]?.toUpperCase() ?? '')
    this.send(530, '5.7.0 Must issue a STARTTLS command first')
    next()
  }
}

// Milliseconds. Exceeds any limit quickly, but leaves CPU time for the client in the same process.
const FLOOD_INTERVAL = 5
