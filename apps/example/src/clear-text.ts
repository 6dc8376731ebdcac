import { Socket } from 'node:net'

/** The lines that were written to one connection before TLS. */
export interface ClearText {
  readonly port: number
  readonly lines: readonly string[]
}

/** Records what is written to connections before TLS. */
export class ClearTextLog {
  /** The last connections, oldest first. */
  readonly connections: ClearText[] = []

  /** Connects, and records under the given port number. */
  connect(port: number, to: { readonly host: string; readonly port: number }): Socket {
    const lines: string[] = []
    this.connections.push({ port, lines })
    if (this.connections.length > MAX_CONNECTIONS) this.connections.shift()
    return new RecordedSocket(lines).connect(to)
  }
}

const MAX_CONNECTIONS = 1000

/** Records writes. Node's TLS writes to the handle of a socket, past these methods, so what is recorded here was not encrypted. */
class RecordedSocket extends Socket {
  readonly #lines: string[]

  constructor(lines: string[]) {
    super()
    this.#lines = lines
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#record(chunk)
    // oxlint-disable-next-line no-underscore-dangle -- Node's name for the method that a stream implements
    super._write(chunk, encoding, callback)
  }

  override _writev(chunks: { chunk: Buffer; encoding: BufferEncoding }[], callback: (error?: Error | null) => void): void {
    for (const { chunk } of chunks) this.#record(chunk)
    // oxlint-disable-next-line no-underscore-dangle -- the same
    super._writev?.(chunks, callback)
  }

  #record(chunk: Buffer | string): void {
    const lines = chunk.toString('latin1').split('\r\n')
    if (this.#lines.length < 20) this.#lines.push(...lines.filter((line) => line !== '').map((line) => line.slice(0, 100)))
  }
}
