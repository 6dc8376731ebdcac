/** How many messages may be sent in which time. */
export interface PaceOptions {
  /** Messages in each window; 0 or `Infinity`: no limit. */
  readonly rateLimit: number
  /** The window in milliseconds. */
  readonly rateDelta: number
}

/** The first pause after "too fast", and the longest. */
const FIRST_PAUSE = 1_000
const LONGEST_PAUSE = 10_000

/** When the next message may be sent: the caller's rate limit, and the server's pauses. */
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

  /** Whether nothing is counted and the server has not asked for a pause since it last took a message. */
  get isAtRest(): boolean {
    return this.#options.rateLimit <= 0 && this.#pause === 0
  }

  /** A message is about to be sent. */
  count(now: number): void {
    if (this.#options.rateLimit <= 0) return
    if (now >= this.#windowEndsAt) {
      this.#windowEndsAt = now + this.#options.rateDelta
      this.#sent = 0
    }
    this.#sent += 1
  }

  /** The server said "too fast". Several connections that hear it at once pause once. */
  pause(now: number): void {
    if (now < this.#pausedUntil) return
    this.#pause = Math.min(Math.max(FIRST_PAUSE, this.#pause * 2), LONGEST_PAUSE)
    this.#pausedUntil = now + this.#pause
  }

  /** The server took a message. */
  resume(): void {
    this.#pause = 0
  }
}
