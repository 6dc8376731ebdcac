import type { Job } from './job.ts'

/** The messages that are read ahead and wait for a connection, in the order in which they were added. The list is short. */
export class ReadyList {
  #jobs: Job[] = []

  get length(): number {
    return this.#jobs.length
  }

  get first(): Job | undefined {
    return this.#jobs[0]
  }

  /** The number of messages that can use a shared connection. */
  get sharedCount(): number {
    let count = 0
    for (const job of this.#jobs) if (job.usesSharedConnection) count += 1
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

  /** A copy, because messages are removed during iteration. */
  inOrder(): readonly Job[] {
    return [...this.#jobs]
  }

  removeAll(matches: (job: Job) => boolean): Job[] {
    const removed = this.#jobs.filter(matches)
    if (removed.length > 0) this.#jobs = this.#jobs.filter((job) => !matches(job))
    return removed
  }
}
