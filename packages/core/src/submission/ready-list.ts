import type { Job } from './job.ts'

/** The messages that wait for a connection, in the order in which they came. Few: they are read ahead. */
export class ReadyList {
  #jobs: Job[] = []

  get length(): number {
    return this.#jobs.length
  }

  get first(): Job | undefined {
    return this.#jobs[0]
  }

  /** How many can use a connection that is there for all. */
  get ordinary(): number {
    let count = 0
    for (const job of this.#jobs) if (job.isOrdinary) count += 1
    return count
  }

  add(job: Job): void {
    let at = this.#jobs.length
    while (at > 0 && this.#jobs[at - 1]!.order > job.order) at -= 1
    this.#jobs.splice(at, 0, job)
  }

  remove(job: Job): boolean {
    const at = this.#jobs.indexOf(job)
    if (at !== -1) this.#jobs.splice(at, 1)
    return at !== -1
  }

  /** A copy, as messages leave the list meanwhile. */
  inOrder(): readonly Job[] {
    return [...this.#jobs]
  }

  removeAll(matches: (job: Job) => boolean): Job[] {
    const removed = this.#jobs.filter(matches)
    if (removed.length > 0) this.#jobs = this.#jobs.filter((job) => !matches(job))
    return removed
  }
}
