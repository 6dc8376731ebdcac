import { isReady } from './body.ts'
import type { Job } from './job.ts'

/** Milliseconds after which a source that gives nothing is given up, and how often that is checked. */
const STALLED_AFTER = 600_000
const CHECK_EVERY = 60_000

/** Ends the reading of messages whose source gives nothing any more: they would be kept for ever, and the server is not to blame. */
export class StalledSources {
  readonly #jobs: () => Iterable<Job>
  #timer: NodeJS.Timeout | undefined

  /** @param jobs the messages that are being read */
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
