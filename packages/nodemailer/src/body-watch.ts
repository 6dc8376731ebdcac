import type { Readable } from 'node:stream'
import type { MailMessage } from 'nodemailer'

/** Who wants to know how far a message is. */
export interface BodyListener {
  /** nodemailer is about to send the envelope. */
  works(): void
  /** The message itself is being sent. */
  transfers(): void
}

/**
 * How far a message has got. Only this tells whether a server may have it: nodemailer's errors do not. It watches the
 * streams that the message is read through, one for each try.
 */
export class BodyWatch {
  readonly #message: MailMessage['message']
  #stream: Readable | undefined

  constructor({ message }: MailMessage, listener: BodyListener) {
    this.#message = message
    const create = message.createReadStream.bind(message)
    message.createReadStream = (options) => {
      const stream = (this.#stream = create(options))
      listener.works()
      stream.once('resume', () => listener.transfers())
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

  /** Whether the message can be read again from the start. */
  get replayable(): boolean {
    return this.#stream === undefined || !hasOneShotContent(this.#message)
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
