import type { Readable } from 'node:stream'

/**
 * A message that is being read. It holds what the source has given and the transaction has not taken, up to about 64 kB:
 * then the source waits.
 */
export interface BodyReader {
  /** Octets at hand. */
  readonly size: number
  /** Whether the source has given everything. */
  readonly isEnded: boolean
  /** Why the source failed, if it did. */
  readonly error: Error | undefined
  /** When the source last gave something, in milliseconds of `performance.now()`. */
  readonly lastDataAt: number
  /** Whether anything was taken. */
  readonly wasRead: boolean
  /** Called when more is at hand, at the end and on failure. One listener at a time. */
  onChange: (() => void) | undefined
  /** Takes what is at hand; the source goes on. A source that makes the message as it is read gives about `wanted` octets. */
  take(wanted?: number): Buffer[]
  /** What is at hand, without taking it: of a source that has ended, the whole message, as often as it is needed. */
  peek(): readonly Buffer[]
  /** Ends the reading with this error. */
  fail(error: Error): void
  /** Stops reading and releases the source. */
  destroy(): void
}

/** A message, as something that can be read. */
export interface MessageBody {
  /** Whether it can be read again from its start after octets of it were taken. */
  readonly isReplayable: boolean
  /** Starts to read. */
  open(): BodyReader
}

/** How much a reading holds before its source has to wait: also the largest message that is sent as one chunk. */
export const READ_AHEAD = 65_536

/** Whether a transaction can begin: the first block is there, or everything is, or nothing more will come. */
export function isReady({ size, isEnded, error }: BodyReader): boolean {
  return isEnded || error !== undefined || size >= READ_AHEAD
}

/** The state of a reading, for sources that push. */
export class PushedBodyReader implements BodyReader {
  size = 0
  lastDataAt = performance.now()
  isEnded = false
  error: Error | undefined
  wasRead = false
  onChange: (() => void) | undefined
  #pieces: Buffer[] = []

  /** @returns whether the source may go on at once */
  push(piece: Buffer): boolean {
    if (piece.length > 0) {
      this.#pieces.push(piece)
      this.size += piece.length
      this.lastDataAt = performance.now()
    }
    if (this.size >= READ_AHEAD) this.onChange?.()
    return this.size < READ_AHEAD
  }

  end(): void {
    if (this.isEnded || this.error) return
    this.isEnded = true
    this.onChange?.()
  }

  fail(error: Error): void {
    if (this.isEnded || this.error) return
    this.error = error
    this.onChange?.()
  }

  take(): Buffer[] {
    const taken = this.#pieces
    if (taken.length > 0) {
      this.#pieces = []
      this.size = 0
      this.wasRead = true
    }
    return taken
  }

  peek(): readonly Buffer[] {
    return this.#pieces
  }

  destroy(): void {
    this.#pieces = []
    this.size = 0
    this.onChange = undefined
  }
}

/**
 * A message from memory, or from a function that opens a stream.
 *
 * @param source a text or buffer, or a function that opens a stream of the message
 * @param options.isReplayable whether the function may be called again and gives the same message. Default: false
 * @example
 * messageBody('Subject: Hello\r\n\r\nIt works.\r\n')
 * messageBody(() => createReadStream('message.eml'), { isReplayable: true })
 */
export function messageBody(source: string | Uint8Array | (() => Readable), { isReplayable = false }: { readonly isReplayable?: boolean } = {}): MessageBody {
  if (typeof source === 'function') return { isReplayable, open: () => readStream(source()) }
  const bytes = typeof source === 'string' ? Buffer.from(source) : Buffer.from(source.buffer, source.byteOffset, source.byteLength)
  return {
    isReplayable: true,
    open() {
      const reading = new PushedBodyReader()
      reading.push(bytes)
      reading.end()
      return reading
    },
  }
}

class StreamBodyReader extends PushedBodyReader {
  readonly #stream: Readable

  constructor(stream: Readable) {
    super()
    this.#stream = stream
    stream.on('data', (piece: Buffer | string) => {
      if (!this.push(typeof piece === 'string' ? Buffer.from(piece) : piece)) stream.pause()
    })
    stream.on('end', () => this.end())
    stream.on('error', (error) => this.fail(error))
    stream.on('close', () => this.fail(new Error('The stream was closed before its end.')))
  }

  override take(): Buffer[] {
    const taken = super.take()
    if (!this.isEnded) this.#stream.resume()
    return taken
  }

  override destroy(): void {
    super.destroy()
    this.#stream.destroy()
  }
}

/** Reads a stream that gives the octets of a message. */
export function readStream(stream: Readable): BodyReader {
  return new StreamBodyReader(stream)
}
