import type { Readable } from 'node:stream'

/** Reads a message. Buffers up to about 64 kB that the transaction has not taken yet; then the source is paused. */
export interface BodyReader {
  /** The number of octets in the buffer. */
  readonly size: number
  /** Whether the source has ended. */
  readonly isEnded: boolean
  /** The error of the source, if it failed. */
  readonly error: Error | undefined
  /** When the source last delivered data, in milliseconds of `performance.now()`. */
  readonly lastDataAt: number
  /** Whether any octets were taken. */
  readonly wasRead: boolean
  /** Called when more octets are buffered, at the end, and on failure. There is one listener at a time. */
  onChange: (() => void) | undefined
  /** Empties the buffer and resumes the source. A source that generates the message on demand returns about `wanted` octets. */
  take(wanted?: number): Buffer[]
  /** Returns the buffer without emptying it. After the end of a source this is the whole message. */
  peek(): readonly Buffer[]
  /** Fails with this error. */
  fail(error: Error): void
  /** Stops reading and releases the source. */
  destroy(): void
}

/** The content of a message. */
export interface MessageBody {
  /** Whether it can be read again from the start after octets were taken. */
  readonly isReplayable: boolean
  /** Starts reading. */
  open(): BodyReader
}

/** The number of buffered octets at which the source is paused. Also the size limit of a message that is sent as one chunk. */
export const READ_AHEAD = 65_536

/** Whether a transaction can begin: the first block is buffered, or the source has ended or failed. */
export function isReady({ size, isEnded, error }: BodyReader): boolean {
  return isEnded || error !== undefined || size >= READ_AHEAD
}

/** A reader for sources that push. */
export class PushedBodyReader implements BodyReader {
  size = 0
  lastDataAt = performance.now()
  isEnded = false
  error: Error | undefined
  wasRead = false
  onChange: (() => void) | undefined
  #pieces: Buffer[] = []

  /** @returns whether the source may continue immediately */
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
      const reader = new PushedBodyReader()
      reader.push(bytes)
      reader.end()
      return reader
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

/** Reads the octets of a message from a stream. */
export function readStream(stream: Readable): BodyReader {
  return new StreamBodyReader(stream)
}
