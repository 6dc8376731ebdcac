const FIRST = 250
const LONGEST = 10_000
/** ±20 %, so that processes that lost the same server do not reconnect together. */
const JITTER = 0.2

/** The pause between attempts to reach a server that cannot be reached. It doubles with each attempt, up to a limit. */
export class BackOff {
  #wait = 0

  /** @param random a number in [0, 1). @returns milliseconds until the next attempt */
  next(random: number): number {
    this.#wait = Math.min(Math.max(FIRST, this.#wait * 2), LONGEST)
    return this.#wait * (1 - JITTER + 2 * JITTER * random)
  }

  reset(): void {
    this.#wait = 0
  }
}
