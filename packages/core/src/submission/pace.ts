/** The caller's rate limit. */
export interface PaceOptions {
  /** Messages per window; 0 or `Infinity`: no limit. */
  readonly rateLimit: number
  /** The window in milliseconds. */
  readonly rateDelta: number
}

/** The first and the longest pause after "too fast", in milliseconds. */
const FIRST_PAUSE = 1_000
const LONGEST_PAUSE = 10_000
/** The longest pause that a server can ask for, in milliseconds. If it asks for more, its messages fail with that and the pool pauses as usual. */
const LONGEST_ASKED = 300_000

/** Decides when the next message may be sent, by the caller's rate limit and the server's "too fast" replies. */
export class Pace {
  readonly #options: PaceOptions
  #windowEndsAt = 0
  #sent = 0
  #pausedUntil = 0
  #pause = 0

  constructor(options: PaceOptions) {
    this.#options = options
  }

  /** Milliseconds to wait before the next message; 0: none. */
  waitAt(now: number): number {
    const { rateLimit } = this.#options
    const paused = Math.max(0, this.#pausedUntil - now)
    if (rateLimit <= 0 || now >= this.#windowEndsAt || this.#sent < rateLimit) return paused
    return Math.max(paused, this.#windowEndsAt - now)
  }

  /** Whether nothing is counted and no pause has followed the last accepted message. */
  get isAtRest(): boolean {
    return this.#options.rateLimit <= 0 && this.#pause === 0
  }

  /** Counts a message that is about to be sent. */
  count(now: number): void {
    if (this.#options.rateLimit <= 0) return
    if (now >= this.#windowEndsAt) {
      this.#windowEndsAt = now + this.#options.rateDelta
      this.#sent = 0
    }
    this.#sent += 1
  }

  /**
   * The server replied "too fast". Replies on several connections at the same time cause one pause.
   *
   * @param asked milliseconds for which the server wants a pause, if it said so
   */
  pause(now: number, asked = Infinity): void {
    if (asked <= LONGEST_ASKED) {
      this.#pausedUntil = Math.max(this.#pausedUntil, now + asked)
      return
    }
    if (now < this.#pausedUntil) return
    this.#pause = Math.min(Math.max(FIRST_PAUSE, this.#pause * 2), LONGEST_PAUSE)
    this.#pausedUntil = now + this.#pause
  }

  /** The server accepted a message. */
  resume(): void {
    this.#pause = 0
  }
}
