import type { Clock } from '../clock.ts'
import { ConnectionLimit } from './connection-limit.ts'
import { ReplyPatience, STALE_AFTER } from './reply-patience.ts'
import type { Slots } from './slot.ts'

/** Milliseconds for a reply of a server that has answered in the same transaction: scanning a message may take that long. */
const ANSWERING_PATIENCE = 60_000

/**
 * How many connections may be open. One whose reply is overdue goes on waiting for it, since its message may have been accepted
 * and is decided by that reply alone; but it leaves its place to another connection. At most `maxConnections` leave theirs.
 */
export class Places {
  readonly #slots: Slots
  readonly #clock: Clock
  readonly #most: number
  /** How many the server allows: it counts overdue connections, too. */
  readonly #limit: ConnectionLimit
  readonly #patience = new ReplyPatience()
  /** How many replies were overdue when they were last counted, and when the next one is at the earliest, by `performance.now()`. */
  #overdue = 0
  #nextAt = 0

  /** @param most the most connections that may work at a time */
  constructor(most: number, slots: Slots, clock: Clock) {
    this.#most = most
    this.#slots = slots
    this.#clock = clock
    this.#limit = new ConnectionLimit(2 * most)
  }

  /** Whether the server was not seen to allow fewer connections, or to answer late. */
  get isAtRest(): boolean {
    return !this.#limit.isLowered && this.patience === STALE_AFTER
  }

  /** Whether a connection is open whose reply is not overdue. */
  get hasWorking(): boolean {
    return this.#slots.size > this.#countOverdue()
  }

  /** Whether another connection would be one too many. @param opening how many are being opened */
  isFull(opening: number): boolean {
    const allowed = this.#limit.at(this.#clock.now())
    const open = this.#slots.size + opening
    // None of them works: one attempt at a time finds out whether another connection does, whatever was allowed before.
    if (this.#slots.size > 0 && !this.hasWorking) return opening > 0 || open >= 2 * this.#most
    return open >= Math.min(allowed, this.#places)
  }

  /** Whether more are open than there are places: overdue replies have come. @param opening how many are being opened */
  isOverfull(opening: number): boolean {
    return this.#slots.size > this.#most && this.#slots.size + opening > this.#places
  }

  /** Milliseconds until a place may become free by time alone: the limit is raised, or a reply is overdue. */
  get freeIn(): number {
    this.#countOverdue()
    return Math.min(this.#limit.raiseAt - this.#clock.now(), this.#nextAt - performance.now())
  }

  /** Milliseconds for which a reply may be due. */
  get patience(): number {
    return this.#patience.at(performance.now())
  }

  /** The server turned a connection away. */
  lower(open: number): void {
    this.#limit.lower(open, this.#clock.now())
  }

  /** The server answered within `ms` milliseconds. */
  answered(ms: number): void {
    this.#patience.learn(ms, performance.now())
  }

  get #places(): number {
    return this.#most + Math.min(this.#countOverdue(), this.#most)
  }

  #countOverdue(): number {
    const now = performance.now()
    if (this.#overdue === 0 && now < this.#nextAt) return 0
    const patience = this.#patience.at(now)
    this.#overdue = 0
    this.#nextAt = now + patience
    for (const { connection } of this.#slots.all) {
      const at = connection.awaitingSince + (connection.isAnswering ? Math.max(patience, ANSWERING_PATIENCE) : patience)
      if (at <= now) this.#overdue += 1
      else this.#nextAt = Math.min(this.#nextAt, at)
    }
    return this.#overdue
  }
}
