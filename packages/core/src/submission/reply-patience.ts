/** Milliseconds for which a reply may be due before the connection is presumed to lead nowhere. */
export const STALE_AFTER = 15_000

/** Milliseconds for which a slow reply is remembered. */
const REMEMBERED_FOR = 600_000

/**
 * How long a reply may be due before its connection leaves its place in the pool. A late reply shows that the server is slow
 * and not gone: from then on replies get twice as long, so that a slow server is not sent one connection after the other.
 */
export class ReplyPatience {
  #ms = STALE_AFTER
  #until = -Infinity

  /** Milliseconds. Times are those of `performance.now()`. */
  at(now: number): number {
    return now < this.#until ? this.#ms : STALE_AFTER
  }

  /** A reply came after `ms` milliseconds. */
  learn(ms: number, now: number): void {
    if (ms <= STALE_AFTER) return
    this.#ms = Math.max(2 * ms, this.at(now))
    this.#until = now + REMEMBERED_FOR
  }
}
