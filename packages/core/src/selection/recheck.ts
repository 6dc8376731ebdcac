import type { Clock } from '../clock.ts'

/** When better rungs are checked again while a lower one is in use. */
export interface RecheckTiming {
  /** Milliseconds until the first check; `Infinity` for none. @default 60000 */
  readonly initial: number
  /** The maximum interval. Each check without success doubles the interval, up to this. @default 900000 */
  readonly max: number
}

export const defaultRecheck: RecheckTiming = { initial: 60_000, max: 900_000 }

/** ±20 %, so that many processes that fell back together do not check together. */
const JITTER = 0.2

/**
 * Makes one check.
 *
 * @returns a promise that never rejects. It resolves with milliseconds until the next check if no rung could be checked now.
 * Undefined, instead of a promise, if the owner was garbage collected: this ends the checks
 */
export type Check = () => Promise<number | void> | undefined

/** Repeats a check at growing intervals until `stop` is called. There is one check at a time. */
export class Recheck {
  readonly #clock: Clock
  readonly #timing: RecheckTiming
  readonly #check: Check
  #cancel: (() => void) | undefined
  #wait = 0
  /** The check in progress. It continues after `stop`; a later `start` waits for it instead of starting another one. */
  #checking: Promise<number | void> | undefined
  /** The number of calls of `stop`. A check that started before the last one has no effect. */
  #round = 0
  /** When the next check is due, in milliseconds since the epoch. */
  dueAt: number | undefined

  /** @param check calls `stop` on success. The timer keeps it in memory, so it must reference its owner weakly. */
  constructor(clock: Clock, timing: RecheckTiming, check: Check) {
    this.#clock = clock
    this.#timing = timing
    this.#check = check
  }

  /** Whether no check is scheduled or in progress. */
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

  /** @param from the shortest delay; the jitter is proportional to `wait` */
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
