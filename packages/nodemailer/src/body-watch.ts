import type { Readable } from 'node:stream'
import type { MailMessage } from 'nodemailer'

/**
 * How far a message has got. Only this tells whether a server may have it: nodemailer's errors do not. It watches the
 * streams that the message is read through, one for each try.
 */
export class BodyWatch {
  readonly #message: MailMessage['message']
  #stream: Readable | undefined

  /** @param onCreated is told that nodemailer is about to send the envelope */
  constructor({ message }: MailMessage, onCreated: () => void) {
    this.#message = message
    const create = message.createReadStream.bind(message)
    message.createReadStream = (options) => {
      this.#stream = create(options)
      onCreated()
      return this.#stream
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
   * Lets go of the stream. A message that waited in a queue is old in the eyes of the garbage collector, and would keep
   * its stream, which is not, until the next full collection.
   */
  release(): void {
    this.#stream = undefined
  }

  /** Whether there is a stream in the message, which can be read but once. */
  get oneShot(): boolean {
    return hasOneShotContent(this.#message)
  }

  /** Whether the message can be read again from the start. */
  get replayable(): boolean {
    return this.#stream === undefined || !this.oneShot
  }
}

interface ContentNode {
  readonly content?: unknown
  /** Where nodemailer keeps a message that was handed over ready-made. */
  readonly _raw?: unknown
  readonly childNodes?: readonly ContentNode[]
}

/** A stream that the caller handed over is filled into the message as soon as that is made, and then it is spent. */
function hasOneShotContent({ content, _raw: raw, childNodes = [] }: ContentNode): boolean {
  return isStream(content) || isStream(raw) || childNodes.some(hasOneShotContent)
}

function isStream(content: unknown): boolean {
  return typeof (content as { readonly pipe?: unknown } | null | undefined)?.pipe === 'function'
}
