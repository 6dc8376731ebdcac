/** Milliseconds until a lowered limit is raised by one. The time doubles when raising fails, up to the second number. */
const RAISE_AFTER = 10_000
const RAISE_AFTER_AT_MOST = 300_000

/**
 * The number of connections that the server allows. A refused connection lowers the limit to the number of open ones. After
 * a while it is raised by one: additive increase, as in congestion control.
 */
export class ConnectionLimit {
  readonly #max: number
  #current: number
  #raiseAt = Infinity
  #raiseAfter = RAISE_AFTER
  /** Whether the limit was raised since it was last lowered. */
  #wasRaised = false

  constructor(max: number) {
    this.#max = this.#current = max
  }

  /** When the limit will next be raised, in milliseconds since the epoch; `Infinity` if it is not lowered. */
  get raiseAt(): number {
    return this.#raiseAt
  }

  /** The number of connections that may be open, as of the last call of `at` or `lower`. */
  get current(): number {
    return this.#current
  }

  /** Whether the limit is lower than the caller's. */
  get isLowered(): boolean {
    return this.#current < this.#max
  }

  /** The number of connections that may be open now. */
  at(now: number): number {
    if (now >= this.#raiseAt) {
      this.#current += 1
      this.#wasRaised = this.#current < this.#max
      if (!this.#wasRaised) this.#raiseAfter = RAISE_AFTER
      this.#raiseAt = this.#current < this.#max ? now + this.#raiseAfter : Infinity
    }
    return this.#current
  }

  /** @param open the number of open connections, without the refused one */
  lower(open: number, now: number): void {
    this.#current = Math.max(1, Math.min(this.#current, open))
    if (this.#wasRaised) this.#raiseAfter = Math.min(this.#raiseAfter * 2, RAISE_AFTER_AT_MOST)
    this.#wasRaised = false
    this.#raiseAt = this.#current < this.#max ? now + this.#raiseAfter : Infinity
  }
}
