import { EventEmitter } from 'node:events'
import type { Writable } from 'node:stream'
import { type BodyReader, type MessageBody, PushedBodyReader, readStream } from '@postern/core/submission'
import type { MailMessage } from 'nodemailer'
import MimeNode from 'nodemailer/lib/mime-node'
import { composeInMemory } from './compose-in-memory.ts'
import { ComposedBodyReader } from './composed-body-reader.ts'

type Message = MailMessage['message']

/** The internal properties of a nodemailer message that are used. */
interface MessageParts {
  readonly _transforms?: unknown
  readonly _processFuncs?: unknown
  readonly newline?: unknown
  readonly content?: unknown
  /** The content of a message that was passed as a whole (`raw`). */
  readonly _raw?: unknown
  readonly childNodes?: readonly MessageParts[]
}

/** A message that nodemailer composes while it is read. */
export class ComposedBody implements MessageBody {
  readonly #message: Message

  constructor(message: Message) {
    this.#message = message
  }

  get isReplayable(): boolean {
    return !hasStream(this.#message)
  }

  /**
   * nodemailer's `createReadStream` connects the stages of a message with `pipeline`, which creates an `AbortController` and a
   * `DOMException` per message: a fifth of the CPU time of a send. A message without further stages is written directly to the
   * reader (decision 11).
   */
  open(): BodyReader {
    const message = this.#message
    if (!isPlain(message)) return readStream(message.createReadStream())
    const composed = composeInMemory(message)
    return composed ? new ComposedBodyReader(composed) : new ComposerReading(message)
  }
}

/** Receives what the composer writes. */
class ComposerReading extends PushedBodyReader {
  readonly #sink: Sink

  constructor(message: Message) {
    super()
    this.#sink = new Sink(this)
    message.stream(this.#sink as unknown as Writable, {}, (error) => {
      if (error) this.fail(error)
      else this.end()
    })
  }

  override take(): Buffer[] {
    const taken = super.take()
    this.#sink.drain()
    return taken
  }

  override destroy(): void {
    super.destroy()
    this.#sink.destroy()
  }
}

/**
 * The part of `Writable` that the composer and `pipe` use. Creating and ending a real `Writable` takes several times as long as
 * writing a small message.
 */
class Sink extends EventEmitter {
  writable = true
  writableNeedDrain = false
  destroyed = false
  readonly #reading: PushedBodyReader

  constructor(reading: PushedBodyReader) {
    super()
    this.#reading = reading
  }

  write(piece: Buffer | string): boolean {
    if (this.destroyed) return false
    const hasRoom = this.#reading.push(typeof piece === 'string' ? Buffer.from(piece) : piece)
    this.writableNeedDrain = !hasRoom
    return hasRoom
  }

  /** Called when the reader has emptied the buffer. */
  drain(): void {
    if (!this.writableNeedDrain) return
    this.writableNeedDrain = false
    this.emit('drain')
  }

  destroy(): void {
    if (this.destroyed) return
    this.destroyed = true
    this.writable = false
    this.emit('close')
  }
}

const genuine: unknown = Reflect.get(MimeNode.prototype, 'createReadStream')

/**
 * Whether the message can be composed directly: it has no transform stages, no plug-in or subclass overrides how it is read,
 * and it contains no stream that must be released if it is not read to its end.
 */
function isPlain(message: Message & MessageParts): boolean {
  const { _transforms: transforms, _processFuncs: processFuncs, _raw: raw, newline } = message
  return Reflect.get(message, 'createReadStream') === genuine && isEmpty(transforms) && isEmpty(processFuncs) && !raw && !newline && !hasStream(message)
}

function isEmpty(list: unknown): boolean {
  return Array.isArray(list) && list.length === 0
}

/** Whether the message contains a stream, which can be read only once. */
export function hasStream({ content, _raw: raw, childNodes = [] }: MessageParts): boolean {
  return isStream(content) || isStream(raw) || childNodes.some(hasStream)
}

function isStream(content: unknown): boolean {
  return typeof (content as { readonly pipe?: unknown } | null | undefined)?.pipe === 'function'
}
