import type { TimelineEvent } from '../state.ts'

/** The newest events, up to a limit. */
export class EventList {
  readonly #limit: number
  /** A ring: the event number `n` is at `n % limit`. */
  readonly #events: TimelineEvent[] = []
  #count = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  add(event: TimelineEvent): void {
    this.#events[this.#count % this.#limit] = event
    this.#count += 1
  }

  /** The events with a greater id, the newest last. */
  after(id: number): readonly TimelineEvent[] {
    const found: TimelineEvent[] = []
    const oldest = Math.max(0, this.#count - this.#limit)
    for (let number = this.#count - 1; number >= oldest; number -= 1) {
      const event = this.#events[number % this.#limit]!
      if (event.id <= id) break
      found.push(event)
    }
    return found.toReversed()
  }
}
