import { timerMs } from '../clock.ts'
import type { Endpoint } from '../endpoint.ts'
import type { Attempt } from '../selection/attempt.ts'
import type { LoginSettings } from '../settings/settings.ts'
import type { SubmissionConnection } from './connection.ts'
import type { PoolOptions } from './pool-options.ts'

/** A connection of the pool. */
export interface Slot {
  readonly connection: SubmissionConnection
  /** The login of a single message, if the connection was opened for one. */
  readonly login: LoginSettings | undefined
  /** When it became idle, in milliseconds since the epoch; undefined while it is in use. */
  idleSince: number | undefined
  /** Whether it is closed after its current message, because another endpoint is in use now. */
  isRetired: boolean
  /** Failed attempts before it opened. They are reported with the first message that it sends. */
  attempts: readonly Attempt[]
}

/** The connections of a pool. Decides which are kept, and closes idle ones. */
export class Slots {
  readonly #all = new Set<Slot>()
  readonly #options: Pick<PoolOptions, 'keepsConnections' | 'maxMessages' | 'idleTimeout'>
  readonly #now: () => number
  #timer: NodeJS.Timeout | undefined
  #isClosed = false

  /** @param options `idleTimeout`: `Infinity` keeps idle connections for as long as the server does */
  constructor(options: Pick<PoolOptions, 'keepsConnections' | 'maxMessages' | 'idleTimeout'>, now: () => number) {
    this.#options = options
    this.#now = now
  }

  get size(): number {
    return this.#all.size
  }

  get all(): readonly Slot[] {
    return [...this.#all]
  }

  get idle(): number {
    let count = 0
    for (const { idleSince } of this.#all) if (idleSince !== undefined) count += 1
    return count
  }

  add(slot: Slot): void {
    this.#all.add(slot)
  }

  remove(slot: Slot): boolean {
    return this.#all.delete(slot)
  }

  /** Returns the most recently used idle connection, so that the others reach their idle timeout. */
  takeIdle(isSuited: (slot: Slot) => boolean): Slot | undefined {
    let best: Slot | undefined
    for (const slot of this.#all) {
      if (slot.idleSince === undefined || (best && best.idleSince! >= slot.idleSince)) continue
      if (isSuited(slot)) best = slot
    }
    if (best) best.idleSince = undefined
    return best
  }

  /** Whether a connection may be kept for another message. */
  mayKeep({ connection, isRetired, login }: Slot): boolean {
    const { keepsConnections, maxMessages } = this.#options
    return keepsConnections && !isRetired && !this.#isClosed && login === undefined && connection.transactions < maxMessages
  }

  /** Marks a connection as idle. */
  markIdle(slot: Slot): void {
    const { idleTimeout } = this.#options
    slot.idleSince = this.#now()
    if (!this.#timer && idleTimeout !== Infinity) this.#arm(idleTimeout)
  }

  /** Closes the idle connections whose last reply is older than `since`, in milliseconds of `performance.now()`. */
  closeSilentSince(since: number): void {
    for (const slot of this.#all) if (slot.idleSince !== undefined && slot.connection.lastReplyAt < since) this.close(slot)
  }

  /** Closes the idle connections, and the others after their current message. */
  closeAll(): void {
    this.#isClosed = true
    this.retire(() => true)
  }

  /** Closes the matching connections that are idle, and the other matching ones after their current message. */
  retire(matches: (endpoint: Endpoint) => boolean): void {
    for (const slot of this.#all) {
      if (!matches(slot.connection.endpoint)) continue
      slot.isRetired = true
      if (slot.idleSince !== undefined) this.close(slot)
    }
  }

  close(slot: Slot): void {
    this.#all.delete(slot)
    slot.connection.quit()
    if (this.#all.size === 0) this.#disarm()
  }

  #arm(ms: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      const now = this.#now()
      let next = Infinity
      for (const slot of this.#all) {
        if (slot.idleSince === undefined) continue
        const left = slot.idleSince + this.#options.idleTimeout - now
        if (left <= 0) this.close(slot)
        else next = Math.min(next, left)
      }
      if (next !== Infinity) this.#arm(next)
    }, timerMs(ms)).unref()
  }

  #disarm(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
