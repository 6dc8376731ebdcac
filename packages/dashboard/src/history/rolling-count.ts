import type { Clock } from '@postern/core'

/** Counts what happened within the last `ms` milliseconds, in a fixed number of buckets: events of any number take no memory. */
export class RollingCount {
  readonly #clock: Clock
  readonly #width: number
  readonly #buckets: Uint32Array
  /** The number of the newest bucket, counted from the epoch. */
  #newest: number

  constructor(ms: number, buckets: number, clock: Clock) {
    this.#clock = clock
    this.#width = ms / buckets
    this.#buckets = new Uint32Array(buckets)
    this.#newest = this.#now
  }

  add(): void {
    this.#moveOn()
    this.#buckets[this.#newest % this.#buckets.length]! += 1
  }

  /** Exact to the width of a bucket. */
  get total(): number {
    this.#moveOn()
    return this.#buckets.reduce((sum, count) => sum + count, 0)
  }

  /** Empties the buckets for the time since the last call. */
  #moveOn(): void {
    const { length } = this.#buckets
    const now = this.#now
    // If the clock was set back, nothing is lost: the counts go as the buckets are used again.
    for (let bucket = Math.max(this.#newest, now - length) + 1; bucket <= now; bucket += 1) this.#buckets[bucket % length] = 0
    this.#newest = now
  }

  get #now(): number {
    return Math.floor(this.#clock.now() / this.#width)
  }
}
