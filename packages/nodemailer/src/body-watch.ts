import type { Readable } from 'node:stream'
import type { MailMessage } from 'nodemailer'
import { bodyStreamOf, isOneShot } from './body-stream.ts'

type Open = MailMessage['message']['createReadStream']

/** Who is told, each time a message is about to be sent. */
export interface BodyWatcher {
  works(body: BodyWatch): void
}

/**
 * How far a message has got. Only this tells whether a server may have it: nodemailer's errors do not. It watches the
 * streams that the message is read through, one for each try.
 */
export class BodyWatch {
  readonly #message: MailMessage['message']
  /** What a plug-in had put in the place of nodemailer's own. */
  readonly #before: Open | undefined
  #stream: Readable | undefined

  constructor({ message }: MailMessage, watcher: BodyWatcher) {
    this.#message = message
    const name = 'createReadStream'
    this.#before = Object.hasOwn(message, name) ? Reflect.get(message, name) : undefined
    const open = bodyStreamOf(message)
    message.createReadStream = (options) => {
      const stream = open(options)
      this.#stream = stream
      watcher.works(this)
      return stream
    }
  }

  /** The stream exists: nodemailer is about to send the envelope. */
  get created(): boolean {
    return this.#stream !== undefined
  }

  /** Bytes of the message were taken to be sent. */
  get read(): boolean {
    return this.#stream?.readableDidRead ?? false
  }

  /** All of it was taken, so that the end of data may have gone out: the server may have accepted it. */
  get ended(): boolean {
    return this.#stream?.readableEnded ?? false
  }

  /**
   * Lets go of the message and its stream, which nodemailer does not always read. A message that waited in a queue is old in
   * the eyes of the garbage collector, and would keep what is not, this and its stream, until the next full collection.
   */
  release(): void {
    this.#stream?.destroy()
    this.#stream = undefined
    if (this.#before) this.#message.createReadStream = this.#before
    else Reflect.deleteProperty(this.#message, 'createReadStream')
  }

  /** Whether there is a stream in the message, which can be read but once. */
  get oneShot(): boolean {
    return isOneShot(this.#message)
  }

  /** Whether the message can be read again from the start. */
  get replayable(): boolean {
    return this.#stream === undefined || !this.oneShot
  }
}
