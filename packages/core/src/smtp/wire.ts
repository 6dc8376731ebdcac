import type { Socket } from 'node:net'
import { fromSystemError } from '../failure/from-system-error.ts'
import { SmtpError } from '../failure/smtp-error.ts'
import { bounded, type Bounds } from './bounded.ts'
import { ignore, minded } from './minded.ts'
import { formatReply, type Reply, ReplyParser } from './reply.ts'

/** Receives the lines of a dialogue as they are sent and read, without line ends. Login lines are masked. */
export interface Transcript {
  readonly client: (line: string) => void
  readonly server: (line: string) => void
  /** Octets of a message, as they are on the wire. */
  readonly message?: (octets: Buffer) => void
  /** The login was accepted. */
  readonly authenticated?: (user: string, mechanism: string) => void
}

/**
 * A socket on which commands are written and replies are read, one at a time. Bytes are taken from the socket only
 * while a reply is awaited, so a peer that floods fills its own send buffer and not our memory.
 */
export class Wire {
  readonly socket: Socket
  #parser = new ReplyParser()
  #unread: Buffer = Buffer.alloc(0)

  readonly #transcript: Transcript | undefined

  constructor(socket: Socket, transcript?: Transcript) {
    this.socket = socket
    this.#transcript = transcript
    // Between two waits nobody listens; without this an RST then would be an uncaught exception. The next wait sees
    // the destroyed socket.
    socket.on('error', ignore)
  }

  /** Writes a command. What it holds has been checked by then: no CR or LF reaches this line. */
  write(line: string, shown = line): void {
    if (/[\r\n]/.test(line)) throw new SmtpError({ code: 'protocol-error' })
    this.#transcript?.client(shown)
    if (!this.socket.destroyed) this.socket.write(`${line}\r\n`)
  }

  /**
   * Reads one complete reply.
   *
   * @throws SmtpError the bounds' codes, `connection-lost`, `protocol-error`, `reply-too-large`
   */
  reply(bounds: Bounds): Promise<Reply> {
    return bounded(bounds, (resolve, reject) => {
      const { socket } = this
      const onReadable = () => {
        try {
          for (;;) {
            const chunk = this.#take()
            if (!chunk) break
            const { reply, rest } = this.#parser.push(chunk)
            this.#unread = rest
            if (!reply) continue
            if (this.#transcript) this.#transcript.server(formatReply(reply))
            return resolve(reply)
          }
        } catch (error) {
          return reject(error)
        }
        if (socket.readableEnded || socket.destroyed) onEnd()
      }
      const onEnd = () => reject(new SmtpError({ code: 'connection-lost' }))
      const onError = (error: Error) => reject(new SmtpError(fromSystemError(error, 'connection-lost')))
      socket.on('readable', onReadable).on('end', onEnd).on('close', onEnd).on('error', onError)
      // What is already here raises no event.
      onReadable()
      return () => {
        socket.off('readable', onReadable).off('end', onEnd).off('close', onEnd).off('error', onError)
      }
    })
  }

  /** Whether the server has sent more than was asked for (RFC 3207 §4.2: a sign of injection when TLS is about to begin). */
  get hasUnread(): boolean {
    return this.#unread.length > 0 || this.#parser.partial || this.socket.readableLength > 0
  }

  /** Lets go of the socket, minded until its next owner listens for errors, who finds the bytes nobody has read. */
  release(): Socket {
    if (this.#unread.length > 0) this.socket.unshift(this.#unread)
    this.#unread = Buffer.alloc(0)
    return minded(this.socket.off('error', ignore))
  }

  #take(): Buffer | null {
    if (this.#unread.length === 0) return this.socket.read() as Buffer | null
    const chunk = this.#unread
    this.#unread = Buffer.alloc(0)
    return chunk
  }
}
