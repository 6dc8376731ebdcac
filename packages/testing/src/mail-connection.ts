// oxlint-disable no-underscore-dangle -- The seams of the library's connection are named so. Its version is pinned for
// that reason; this file and chunking-connection.ts are the only ones that use them.
import type { Socket } from 'node:net'
import type { SMTPServer } from 'smtp-server'
import type { SMTPConnection } from 'smtp-server/lib/smtp-connection.js'
import type { Act, Acts, Scene } from './act.ts'
import { ChunkingConnection } from './chunking-connection.ts'
import type { Holds } from './holds.ts'

type Commands = Pick<Acts, 'EHLO' | 'HELO' | 'STARTTLS' | 'AUTH' | 'MAIL' | 'RCPT' | 'DATA'>

/** How the library's connection is bent. */
export interface ConnectionHabits {
  readonly allowCleartext: boolean
  readonly chunking: boolean
  readonly holds: Holds
  /** Told about an AUTH that came before encryption. */
  onEarlyAuth(mechanism: string): void
}

/** One client's conversation. The library speaks; where a fault has an act for a command, the act speaks instead. */
export class MailConnection extends ChunkingConnection {
  /** To be set before `init`. */
  acts: Acts = {}
  readonly #habits: ConnectionHabits
  #outermost: Socket

  constructor(server: SMTPServer, socket: SMTPConnection['_socket'], options: unknown, habits: ConnectionHabits) {
    super(server, socket, options, habits.chunking)
    this.#habits = habits
    this.#outermost = this._socket
  }

  /** Greets at once. The library's own waits 100 ms to catch clients that talk too soon. */
  override init(): void {
    this._setListeners(() => this.connectionReady())
  }

  /** A text with an enhanced code of its own keeps it. The offer of AUTH waits for encryption. */
  override send(code: number, data?: string | string[] | null, context?: string | false): void {
    if (!Array.isArray(data)) return super.send(code, data, /^\d\.\d+\.\d+ /.test(data ?? '') ? false : context)
    const early = !this.secure && !this.#habits.allowCleartext
    super.send(code, early ? data.filter((line) => !line.startsWith('AUTH ')) : data, context)
  }

  override _getHandler(command: string): ReturnType<SMTPConnection['_getHandler']> {
    const act = this.acts[command as keyof Commands]
    if (act) {
      const usual = super._getHandler(command)
      return (line, next) => {
        const proceed = () => usual?.call(this, line, next)
        this.#perform(act, { connection: this, line, next, proceed })
      }
    }
    if (command === 'AUTH' && !this.secure) return (line, next) => this.#earlyAuth(line, next)
    return super._getHandler(command)
  }

  /** Called with every socket that takes over: the only sight of the TLS socket before its handshake is done. */
  override _armTimeout(socket: Socket = this._socket): void {
    this.#outermost = socket
    super._armTimeout(socket)
  }

  /** Sends bytes as they are. */
  write(bytes: string | Buffer): void {
    if (!this._socket.destroyed) this._socket.write(bytes)
  }

  /** What `speak` would have sent, kept back. */
  capture(speak: () => void): Buffer {
    const socket = this._socket
    const chunks: Buffer[] = []
    const write = Object.getOwnPropertyDescriptor(socket, 'write')
    socket.write = (chunk: Uint8Array | string) => chunks.push(Buffer.from(chunk as string)) > 0
    speak()
    if (write) Object.defineProperty(socket, 'write', write)
    else Reflect.deleteProperty(socket, 'write')
    return Buffer.concat(chunks)
  }

  /** Writes again and again for as long as the client reads. */
  flood(bytes: string): void {
    const socket = this._socket
    const timer = setInterval(() => {
      if (!socket.writableNeedDrain) socket.write(bytes)
    }, FLOOD_PAUSE)
    socket.once('close', () => clearInterval(timer))
    this.deafen()
  }

  /** Sends a challenge. The client's next line goes to `onAnswer`, whatever it is. */
  challenge(onAnswer: (next: () => void) => void): void {
    this._nextHandler = (_line, next) => onAnswer(next)
    this.send(334, '')
  }

  /** From here on, whatever the client says is read and ignored. */
  deafen(): void {
    if (this._parser) this._socket.unpipe(this._parser)
    this._socket.resume()
  }

  /** Puts `proceed` off until the test releases what this port holds back. */
  hold(proceed: () => void): void {
    this.#habits.holds.hold({ proceed, isOver: () => this.#outermost.destroyed })
  }

  /** Ends the connection without a word. */
  drop(): void {
    this.#outermost.destroy()
  }

  #perform(act: Act, scene: Scene): void {
    const outcome = act(scene)
    if (outcome === 'no-reply') return
    this.send(outcome.responseCode, outcome.message)
    scene.next()
  }

  #earlyAuth(line: Buffer, next: () => void): void {
    if (this.#habits.allowCleartext) return this.handler_AUTH(line, next)
    this.#habits.onEarlyAuth(line.toString().split(' ')[1]?.toUpperCase() ?? '')
    this.send(530, '5.7.0 Must issue a STARTTLS command first')
    next()
  }
}

// Milliseconds. Fast enough to outgrow any limit in a moment, slow enough to leave the processor to the client.
const FLOOD_PAUSE = 5
