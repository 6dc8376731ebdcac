/** Milliseconds without a reply after which a connection is presumed dead. */
export const STALE_AFTER = 15_000

/** Milliseconds for which a slow reply is remembered. */
const REMEMBERED_FOR = 600_000

/**
 * How long to wait for a reply before another connection is opened. A late reply shows that the server is slow, not dead:
 * from then on the wait is twice as long, so that a slow server does not get one connection after the other.
 */
export class OverdueThreshold {
  #ms = STALE_AFTER
  #until = -Infinity

  /** Returns milliseconds. `now` is a time of `performance.now()`. */
  at(now: number): number {
    return now < this.#until ? this.#ms : STALE_AFTER
  }

  /** Records that a reply came after `ms` milliseconds. */
  learn(ms: number, now: number): void {
    if (ms <= STALE_AFTER) return
    this.#ms = Math.max(2 * ms, this.at(now))
    this.#until = now + REMEMBERED_FOR
  }
}
