import type { Socket } from 'node:net'
import { fromConversationError } from '../failure/from-system-error.ts'
import { SmtpError } from '../failure/smtp-error.ts'
import { bounded, type Bounds } from './bounded.ts'
import { ignore, withErrorGuard } from './error-guard.ts'
import { formatReply, type Reply, ReplyParser } from './reply.ts'

/** Receives the lines of a dialogue as they are sent and read, without line endings. Secrets in login lines are masked. */
export interface Transcript {
  readonly client: (line: string) => void
  readonly server: (line: string) => void
  /** A part of the message, exactly as sent. */
  readonly message?: (octets: Buffer) => void
  /** Called when the login was accepted. */
  readonly authenticated?: (user: string, mechanism: string) => void
}

/**
 * Writes commands to a socket and reads replies from it, one at a time. The socket is read only while a reply is awaited, so a
 * server that floods fills its own send buffer and not our memory.
 */
export class Wire {
  readonly socket: Socket
  #parser = new ReplyParser()
  #unread: Buffer = Buffer.alloc(0)

  readonly #transcript: Transcript | undefined

  constructor(socket: Socket, transcript?: Transcript) {
    this.socket = socket
    this.#transcript = transcript
    // Between two waits there is no other error listener, and a reset would be an uncaught exception. The next wait finds the
    // socket destroyed.
    socket.on('error', ignore)
  }

  /**
   * Writes a command.
   *
   * @param logged the line for the transcript, if it must differ
   * @throws SmtpError `protocol-error` for a CR or LF, which earlier checks should have excluded
   */
  write(line: string, logged = line): void {
    if (/[\r\n]/.test(line)) throw new SmtpError({ code: 'protocol-error' })
    this.#transcript?.client(logged)
    if (!this.socket.destroyed) this.socket.write(`${line}\r\n`)
  }

  /**
   * Reads one complete reply.
   *
   * @throws SmtpError the codes of the bounds, `connection-lost`, `protocol-error`, `reply-too-large`
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
      const onError = (error: Error) => reject(new SmtpError(fromConversationError(error)))
      socket.on('readable', onReadable).on('end', onEnd).on('close', onEnd).on('error', onError)
      // Data that is already buffered emits no event.
      onReadable()
      return () => {
        socket.off('readable', onReadable).off('end', onEnd).off('close', onEnd).off('error', onError)
      }
    })
  }

  /** Whether the server sent more than the replies read so far. Before a TLS handshake this indicates injection (RFC 3207 §4.2). */
  get hasUnread(): boolean {
    return this.#unread.length > 0 || this.#parser.partial || this.socket.readableLength > 0
  }

  /** Releases the socket with its unread bytes. Its errors are ignored until the next owner adds an error listener. */
  release(): Socket {
    if (this.#unread.length > 0) this.socket.unshift(this.#unread)
    this.#unread = Buffer.alloc(0)
    return withErrorGuard(this.socket.off('error', ignore))
  }

  #take(): Buffer | null {
    if (this.#unread.length === 0) return this.socket.read() as Buffer | null
    const chunk = this.#unread
    this.#unread = Buffer.alloc(0)
    return chunk
  }
}
