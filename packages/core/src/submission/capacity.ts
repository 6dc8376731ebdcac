import type { Clock } from '../clock.ts'
import { ConnectionLimit } from './connection-limit.ts'
import { OverdueThreshold, STALE_AFTER } from './overdue-threshold.ts'
import type { Slots } from './slot.ts'

/** Milliseconds for a reply after the server has replied in the same transaction: scanning a message may take that long. */
const OVERDUE_AFTER_REPLY = 60_000

/**
 * Decides how many connections may be open. A connection whose reply is overdue goes on waiting, since only that reply shows
 * whether its message was accepted. It does not count towards the limit, so another connection may be opened. At most
 * `maxConnections` overdue connections are not counted.
 */
export class Capacity {
  readonly #slots: Slots
  readonly #clock: Clock
  readonly #max: number
  /** The limit of the server, which counts overdue connections as well. */
  readonly #limit: ConnectionLimit
  readonly #threshold = new OverdueThreshold()
  /** The number of overdue replies at the last count, and the earliest time of the next one, by `performance.now()`. */
  #overdue = 0
  #nextAt = 0

  /** @param max the maximum number of connections that are not overdue */
  constructor(max: number, slots: Slots, clock: Clock) {
    this.#max = max
    this.#slots = slots
    this.#clock = clock
    this.#limit = new ConnectionLimit(2 * max)
  }

  /** Whether nothing was learnt: the server has neither limited the connections nor replied late. */
  get isAtRest(): boolean {
    return !this.#limit.isLowered && this.overdueAfter === STALE_AFTER
  }

  /** Whether a connection is open that has no overdue reply. */
  get hasWorking(): boolean {
    return this.#slots.size > this.#countOverdue()
  }

  /** The number of connections that may be open. Reading it does not raise the limit. */
  get allowed(): number {
    return Math.min(this.#limit.current, this.#allowed)
  }

  /** Whether no further connection may be opened. @param opening the number of connections being opened */
  isFull(opening: number): boolean {
    const allowed = this.#limit.at(this.#clock.now())
    const open = this.#slots.size + opening
    // All are overdue: try one more connection at a time, whatever the limit.
    if (this.#slots.size > 0 && !this.hasWorking) return opening > 0 || open >= 2 * this.#max
    return open >= Math.min(allowed, this.#allowed)
  }

  /** Whether more are open than allowed, because overdue replies have arrived. @param opening the number of connections being opened */
  isOverfull(opening: number): boolean {
    return this.#slots.size > this.#max && this.#slots.size + opening > this.#allowed
  }

  /** Milliseconds until another connection may be allowed: the limit is raised, or a reply becomes overdue. */
  get msUntilFree(): number {
    this.#countOverdue()
    return Math.min(this.#limit.raiseAt - this.#clock.now(), this.#nextAt - performance.now())
  }

  /** Milliseconds after which a reply is overdue. */
  get overdueAfter(): number {
    return this.#threshold.at(performance.now())
  }

  /** The server refused a connection. */
  lower(open: number): void {
    this.#limit.lower(open, this.#clock.now())
  }

  /** The server replied within `ms` milliseconds. */
  answered(ms: number): void {
    this.#threshold.learn(ms, performance.now())
  }

  get #allowed(): number {
    return this.#max + Math.min(this.#countOverdue(), this.#max)
  }

  #countOverdue(): number {
    const now = performance.now()
    if (this.#overdue === 0 && now < this.#nextAt) return 0
    const threshold = this.#threshold.at(now)
    this.#overdue = 0
    this.#nextAt = now + threshold
    for (const { connection } of this.#slots.all) {
      const at = connection.awaitingSince + (connection.isAnswering ? Math.max(threshold, OVERDUE_AFTER_REPLY) : threshold)
      if (at <= now) this.#overdue += 1
      else this.#nextAt = Math.min(this.#nextAt, at)
    }
    return this.#overdue
  }
}
