import type { Readable } from 'node:stream'
import type { MailMessage } from 'nodemailer'

/** How far a message has got. Only this tells whether a server may have it: nodemailer's errors do not. */
export interface BodyWatch {
  /** The stream exists: nodemailer is about to send the envelope. */
  readonly created: boolean
  /** Bytes of the message were taken to be sent. */
  readonly read: boolean
  /** All of it was taken, so that the end of data may have gone out: the server may have accepted it. */
  readonly ended: boolean
  /** Whether there is a stream in the message, which can be read but once. */
  readonly oneShot: boolean
  /** Whether the message can be read again from the start. */
  readonly replayable: boolean
}

/** Who wants to know how far a message is. */
export interface BodyListener {
  /** nodemailer is about to send the envelope. */
  works(): void
  /** The message itself is being sent. */
  transfers(): void
}

/** Watches the streams that a message is read through, one for each try. */
export function watchBody({ message }: MailMessage, listener: BodyListener): BodyWatch {
  const create = message.createReadStream.bind(message)
  let stream: Readable | undefined
  message.createReadStream = (options) => {
    const created = create(options)
    stream = created
    listener.works()
    created.once('resume', () => listener.transfers())
    return created
  }
  return {
    get created() {
      return stream !== undefined
    },
    get read() {
      return stream?.readableDidRead ?? false
    },
    get ended() {
      return stream?.readableEnded ?? false
    },
    get oneShot() {
      return hasOneShotContent(message)
    },
    get replayable() {
      return stream === undefined || !hasOneShotContent(message)
    },
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
