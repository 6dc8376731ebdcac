/** Milliseconds until a limit that was lowered is raised by one, and the longest that grows to while raising it fails. */
const RAISE_AFTER = 10_000
const RAISE_AFTER_AT_MOST = 300_000

/**
 * How many connections may be open, as the server allows. A connection that is turned away lowers the limit to what is open;
 * time raises it by one, later each time when that fails: additive increase, as in congestion control.
 */
export class ConnectionLimit {
  readonly #most: number
  #current: number
  #raiseAt = Infinity
  #raiseAfter = RAISE_AFTER
  /** Whether it was raised since it was last lowered. */
  #wasRaised = false

  constructor(most: number) {
    this.#most = this.#current = most
  }

  /** When the limit will next be raised, in milliseconds since the epoch; `Infinity` where it is not lowered. */
  get raiseAt(): number {
    return this.#raiseAt
  }

  /** Whether it is lower than the caller's. */
  get isLowered(): boolean {
    return this.#current < this.#most
  }

  /** How many connections may be open now. */
  at(now: number): number {
    if (now >= this.#raiseAt) {
      this.#current += 1
      this.#wasRaised = this.#current < this.#most
      if (!this.#wasRaised) this.#raiseAfter = RAISE_AFTER
      this.#raiseAt = this.#current < this.#most ? now + this.#raiseAfter : Infinity
    }
    return this.#current
  }

  /** @param open how many connections are open beside the one that was turned away */
  lower(open: number, now: number): void {
    this.#current = Math.max(1, Math.min(this.#current, open))
    if (this.#wasRaised) this.#raiseAfter = Math.min(this.#raiseAfter * 2, RAISE_AFTER_AT_MOST)
    this.#wasRaised = false
    this.#raiseAt = this.#current < this.#most ? now + this.#raiseAfter : Infinity
  }
}
