import { isReady } from './body.ts'
import type { Job } from './job.ts'

/** Milliseconds without data after which a source fails, and the interval of the check. */
const STALLED_AFTER = 600_000
const CHECK_EVERY = 60_000

/** Fails messages whose source stops delivering data. They would stay in memory for ever otherwise. */
export class StalledSources {
  readonly #jobs: () => Iterable<Job>
  #timer: NodeJS.Timeout | undefined

  /** @param jobs returns the messages being read */
  constructor(jobs: () => Iterable<Job>) {
    this.#jobs = jobs
  }

  watch(): void {
    this.#timer ??= setInterval(() => this.#check(), CHECK_EVERY)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #check(): void {
    const limit = performance.now() - STALLED_AFTER
    for (const { reading } of this.#jobs()) {
      if (reading && !isReady(reading) && reading.lastDataAt < limit) reading.fail(new Error(`The source of the message gave nothing for ${STALLED_AFTER / 1_000} s.`))
    }
  }
}
