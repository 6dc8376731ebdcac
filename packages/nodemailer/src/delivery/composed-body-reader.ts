import { READ_AHEAD, type BodyReader } from '@postern/core/submission'
import type { Base64Lines } from './base64-lines.ts'

/** A part of a composed message: octets, or content that is encoded when it is read. */
export type Piece = Buffer | Base64Lines

/** Reads a message that was composed in memory. Encodes content on demand. */
export class ComposedBodyReader implements BodyReader {
  readonly lastDataAt = performance.now()
  size = 0
  wasRead = false
  error: Error | undefined
  onChange: (() => void) | undefined
  /** The remaining pieces in reverse order. */
  #left: Piece[]
  #atHand: Buffer[] = []

  constructor(pieces: readonly Piece[]) {
    this.#left = pieces.toReversed()
    this.#fill(READ_AHEAD)
  }

  get isEnded(): boolean {
    return this.#left.length === 0
  }

  take(wanted = READ_AHEAD): Buffer[] {
    this.#fill(wanted)
    const taken = this.#atHand
    if (taken.length > 0) this.wasRead = true
    this.#atHand = []
    this.size = 0
    return taken
  }

  peek(): readonly Buffer[] {
    return this.#atHand
  }

  fail(error: Error): void {
    if (this.isEnded || this.error) return
    this.error = error
    this.onChange?.()
  }

  destroy(): void {
    this.#left = []
    this.#atHand = []
    this.size = 0
    this.onChange = undefined
  }

  #fill(wanted: number): void {
    while (this.size < wanted) {
      const next = this.#left.at(-1)
      if (!next) return
      const octets = Buffer.isBuffer(next) ? next : next.take(wanted - this.size)
      if (Buffer.isBuffer(next) || next.isEnded) this.#left.pop()
      if (octets.length === 0) continue
      this.#atHand.push(octets)
      this.size += octets.length
    }
  }
}
