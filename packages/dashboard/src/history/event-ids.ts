import type { Clock } from '@postern/core'

/**
 * The ids of the timeline: increasing numbers that begin with the time. A browser that had its page from another process, or from
 * one that has been replaced, thus gets the events since then.
 */
export class EventIds {
  readonly #clock: Clock
  #last: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#last = clock.now()
  }

  /** The newest id. */
  get last(): number {
    return this.#last
  }

  next(): number {
    return (this.#last = Math.max(this.#last + 1, this.#clock.now()))
  }
}
