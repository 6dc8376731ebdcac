import { type Endpoint, endpointKey, type Failure, type OpenConnection } from '@postern/core'
import type { MailMessage, SMTPPoolOptions, SMTPSentMessageInfo } from 'nodemailer'
import type Mail from 'nodemailer/lib/mailer'
import type { SocketOptions } from 'nodemailer/lib/mailer'
import SMTPPool from 'nodemailer/lib/smtp-pool'
import SMTPTransport from 'nodemailer/lib/smtp-transport'

export interface LaneOptions {
  readonly endpoint: Endpoint
  readonly nodemailer: SMTPPoolOptions
  /** Whose tokens nodemailer asks for, where it fetches them. */
  readonly mailer: Mail<SMTPSentMessageInfo> | undefined
  /** Opens a further connection, for a pool that grows. It may end up on another endpoint. */
  readonly open: () => Promise<OpenConnection>
  /** Takes a connection that belongs to another lane. */
  readonly passOn: (connection: OpenConnection) => void
  readonly handOver: (connection: OpenConnection, tell: (failure: Failure | undefined) => void) => SocketOptions
}

/** Milliseconds an unused connection is kept. A server tires of a silent client, and a tired connection is a failure. */
const SPARE_LIFE = 5_000

/** The message has to go over another lane: this one is closed, or the network has changed under it. */
export class LaneLeft extends Error {}

/**
 * One endpoint with nodemailer's own transport behind it, plain or pooled. As a lane never changes its endpoint, it is
 * always known which one a message was given to.
 */
export class Lane {
  readonly endpoint: Endpoint
  readonly inner: SMTPTransport | SMTPPool
  /** The answer to the last login, if that was a no: nodemailer's pool loses it when the server closes with a 421. */
  refusal: Failure | undefined
  readonly #options: LaneOptions
  readonly #spares = new Map<OpenConnection, NodeJS.Timeout>()
  #closed = false

  constructor(options: LaneOptions) {
    this.#options = options
    this.endpoint = options.endpoint
    const { nodemailer } = options
    const inner = {
      ...nodemailer,
      host: options.endpoint.host,
      getSocket: (_: unknown, callback: (error: Error | null, options?: SocketOptions) => void) => this.#giveSocket(callback),
      // The pool would send a message again by itself, and log in again after a 421. What may be tried again is ours to say.
      maxRequeues: 0,
    }
    this.inner = nodemailer.pool ? new SMTPPool(inner) : new SMTPTransport(inner)
    Object.assign(this.inner, { mailer: options.mailer })
    // What happens to a message is told to the message.
    this.inner.on('error', () => {})
  }

  /** Puts a connection by for the next message that needs one. */
  offer(connection: OpenConnection): void {
    // Nobody listens to it until it is needed, and an error that nobody listens to ends the process.
    connection.socket.on('error', () => {})
    if (this.#closed) connection.socket.destroy()
    else this.#spares.set(connection, setTimeout(() => this.#drop(connection), SPARE_LIFE).unref())
  }

  /** Tells of what nodemailer says, or of a `LaneLeft`. */
  send(mail: MailMessage, tell: (error: Error | null, info?: SMTPSentMessageInfo) => void): void {
    if (this.#closed) return tell(new LaneLeft())
    try {
      this.inner.send(mail as MailMessage<SMTPSentMessageInfo>, (error, info) => {
        const isLeft = error && this.#closed && (error as { readonly code?: unknown }).code === undefined
        tell(isLeft ? new LaneLeft() : error, info)
      })
    } catch (error) {
      tell(error as Error)
    }
  }

  /** Takes no more messages; those under way are finished, those that wait come back with `LaneLeft`. */
  close(options?: { readonly force?: boolean }): void {
    this.#closed = true
    for (const spare of this.#spares.keys()) this.#drop(spare)
    if (this.inner instanceof SMTPPool) this.inner.close(options)
    else this.inner.close()
  }

  #giveSocket(callback: (error: Error | null, options?: SocketOptions) => void): void {
    const spare = this.#takeSpare()
    if (spare) return callback(null, this.#handOver(spare))
    this.#options.open().then(
      (connection) => {
        if (endpointKey(connection.endpoint) === endpointKey(this.endpoint)) return callback(null, this.#handOver(connection))
        this.#options.passOn(connection)
        callback(new LaneLeft())
      },
      (error: Error) => callback(error),
    )
  }

  #takeSpare(): OpenConnection | undefined {
    for (const [spare, timer] of this.#spares) {
      clearTimeout(timer)
      this.#spares.delete(spare)
      if (!spare.socket.destroyed) return spare
    }
    return undefined
  }

  #drop(spare: OpenConnection): void {
    clearTimeout(this.#spares.get(spare))
    this.#spares.delete(spare)
    spare.socket.destroy()
  }

  #handOver(connection: OpenConnection): SocketOptions {
    return this.#options.handOver(connection, (failure) => {
      this.refusal = failure
    })
  }
}
