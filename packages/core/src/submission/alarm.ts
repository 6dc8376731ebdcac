import { type Clock, timerMs } from '../clock.ts'

/** One timer for several waits: it rings at the earliest of them. */
export class Alarm {
  readonly #clock: Clock
  readonly #ring: () => void
  #timer: NodeJS.Timeout | undefined
  #at = 0

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock
    this.#ring = ring
  }

  /** Rings after `ms` milliseconds, unless it rings before. */
  set(ms: number): void {
    const at = this.#clock.now() + ms
    if (this.#timer && this.#at <= at) return
    clearTimeout(this.#timer)
    this.#at = at
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#ring()
    }, timerMs(Math.max(ms, 1)))
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
