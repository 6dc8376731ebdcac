import { type Clock, timerMs } from '../clock.ts'

/** One timer for several due times. It fires at the earliest of them. */
export class Alarm {
  readonly #clock: Clock
  readonly #onDue: () => void
  #timer: NodeJS.Timeout | undefined
  #at = 0

  constructor(clock: Clock, onDue: () => void) {
    this.#clock = clock
    this.#onDue = onDue
  }

  /** Fires in `ms` milliseconds at the latest. */
  set(ms: number): void {
    const at = this.#clock.now() + ms
    if (this.#timer && this.#at <= at) return
    clearTimeout(this.#timer)
    this.#at = at
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#onDue()
    }, timerMs(Math.max(ms, 1)))
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
