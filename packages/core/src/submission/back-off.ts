const FIRST = 250
const LONGEST = 10_000
/** ±20 %, so that processes that lost the same server do not return together. */
const JITTER = 0.2

/** How long to rest between attempts to reach a server that does not open: longer each time. */
export class BackOff {
  #wait = 0

  /** @param random from 0 up to 1. @returns milliseconds until the next attempt */
  next(random: number): number {
    this.#wait = Math.min(Math.max(FIRST, this.#wait * 2), LONGEST)
    return this.#wait * (1 - JITTER + 2 * JITTER * random)
  }

  reset(): void {
    this.#wait = 0
  }
}
