import type { Clock } from '../clock.ts'

/** When the better rungs are checked again while a lower one is used. */
export interface RecheckTiming {
  /** Milliseconds until the first check; `Infinity` for none. @default 60000 */
  readonly initial: number
  /** Each check that finds nothing doubles the wait, up to this. @default 900000 */
  readonly max: number
}

export const defaultRecheck: RecheckTiming = { initial: 60_000, max: 900_000 }

/** ±20 %, so that a fleet that fell back together does not check together. */
const JITTER = 0.2

/**
 * Makes one check, in milliseconds.
 *
 * @returns a promise that does not reject, with the time after which to check again where nothing could be checked now;
 * nothing at all once its owner was garbage collected, which ends the checks
 */
export type Check = () => Promise<number | void> | undefined

/** Repeats a check, later and later, until `stop` is called. One check is in flight at a time. */
export class Recheck {
  readonly #clock: Clock
  readonly #timing: RecheckTiming
  readonly #check: Check
  #cancel: (() => void) | undefined
  #wait = 0
  /** The check under way. It outlives `stop`, and a `start` after that waits for it instead of making another. */
  #checking: Promise<number | void> | undefined
  /** Counts the calls of `stop`, so that what was under way then does not go on. */
  #round = 0
  /** When the next check is due, in milliseconds since the epoch. */
  dueAt: number | undefined

  /** @param check calls `stop` when it has found what it looks for. The timer holds it, so it must hold its owner weakly. */
  constructor(clock: Clock, timing: RecheckTiming, check: Check) {
    this.#clock = clock
    this.#timing = timing
    this.#check = check
  }

  /** Whether no check is planned or under way. */
  get isAtRest(): boolean {
    return this.#wait === 0 && this.#checking === undefined
  }

  start(): void {
    if (this.#wait > 0 || this.#timing.initial === Infinity) return
    this.#wait = this.#timing.initial
    this.#arm(this.#wait * (1 - JITTER), this.#wait)
  }

  stop(): void {
    this.#cancel?.()
    this.#round += 1
    this.#wait = 0
    this.dueAt = undefined
  }

  /** @param from the shortest wait; the jitter is a share of `wait` */
  #arm(from: number, wait: number): void {
    const ms = from + 2 * JITTER * wait * this.#clock.random()
    this.dueAt = this.#clock.now() + ms
    this.#cancel = this.#clock.after(ms, () => void this.#run())
  }

  async #run(): Promise<void> {
    const round = this.#round
    this.dueAt = undefined
    const checking = (this.#checking ??= this.#check()?.finally(() => {
      this.#checking = undefined
    }))
    if (!checking) return
    const again = await checking
    if (this.#round !== round) return
    if (again !== undefined) return this.#arm(again, this.#timing.initial)
    this.#wait = Math.min(this.#wait * 2, this.#timing.max)
    this.#arm(this.#wait * (1 - JITTER), this.#wait)
  }
}
