import type { Clock } from '../clock.ts'

/** When the better rungs are looked at again while a lower one carries the mail. */
export interface RecheckTiming {
  /** Milliseconds until the first look; `Infinity` for none. @default 60000 */
  readonly first: number
  /** Each look that finds nothing doubles the wait, up to this. @default 900000 */
  readonly most: number
}

export const defaultRecheck: RecheckTiming = { first: 60_000, most: 900_000 }

/** ±20 %, so that a fleet that fell back together does not knock together. */
const JITTER = 0.2

/** Repeats one check, later and later, until it is told to stop. One check is in flight at a time. */
export class Recheck {
  readonly #clock: Clock
  readonly #timing: RecheckTiming
  readonly #check: () => Promise<void>
  #cancel: (() => void) | undefined
  #wait = 0
  /** The check under way. It outlives `stop`, and a `start` after that waits for it instead of making another. */
  #checking: Promise<void> | undefined
  /** Counts the calls of `stop`, so that what was under way then does not go on. */
  #round = 0
  /** When the next check is due, in milliseconds since the epoch. */
  dueAt: number | undefined

  /** @param check must not reject; calls `stop` when it has found what it looked for */
  constructor(clock: Clock, timing: RecheckTiming, check: () => Promise<void>) {
    this.#clock = clock
    this.#timing = timing
    this.#check = check
  }

  start(): void {
    if (this.#wait > 0 || this.#timing.first === Infinity) return
    this.#wait = this.#timing.first
    this.#arm()
  }

  stop(): void {
    this.#cancel?.()
    this.#round += 1
    this.#wait = 0
    this.dueAt = undefined
  }

  #arm(): void {
    const ms = this.#wait * (1 - JITTER + 2 * JITTER * this.#clock.random())
    this.dueAt = this.#clock.now() + ms
    this.#cancel = this.#clock.after(ms, () => void this.#run())
  }

  async #run(): Promise<void> {
    const round = this.#round
    this.dueAt = undefined
    this.#checking ??= this.#check().finally(() => {
      this.#checking = undefined
    })
    await this.#checking
    if (this.#round !== round) return
    this.#wait = Math.min(this.#wait * 2, this.#timing.most)
    this.#arm()
  }
}
