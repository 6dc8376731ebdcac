import type { Job } from './job.ts'
import { Queue } from './queue.ts'
import { ReadyList } from './ready-list.ts'

/** Receives what happens to the messages of a backlog. */
export interface BacklogListener {
  /** A message can be sent. */
  onReady(): void
  onUnreadable(job: Job, cause: Error): void
}

/** The messages that have no connection: in the queue, being read ahead, or ready to be sent. */
export class Backlog {
  readonly #queue = new Queue<Job>()
  readonly #reading = new Set<Job>()
  readonly #ready = new ReadyList()
  readonly #listener: BacklogListener

  constructor(listener: BacklogListener) {
    this.#listener = listener
  }

  get length(): number {
    return this.#queue.length + this.#reading.size + this.#ready.length
  }

  /** How many may use a connection that is there for all. */
  get ordinary(): number {
    let count = this.#queue.length + this.#ready.ordinary
    for (const job of this.#reading) if (job.isOrdinary) count += 1
    return count
  }

  get hasReady(): boolean {
    return this.#ready.length > 0
  }

  /** The messages that are being read. */
  get reading(): Iterable<Job> {
    return this.#reading
  }

  /** The messages that can be sent, in order: a copy. */
  get ready(): readonly Job[] {
    return this.#ready.inOrder()
  }

  add(job: Job): void {
    this.#queue.push(job)
  }

  /** Reads messages until so many are at hand. */
  readAhead(window: number): void {
    while (this.#queue.length > 0 && this.#reading.size + this.#ready.length < window) this.read(this.#queue.shift()!)
  }

  /** Reads one message, which has left the queue. */
  read(job: Job): void {
    this.#reading.add(job)
    try {
      job.read(() => this.#onRead(job))
    } catch (error) {
      this.#reading.delete(job)
      this.#listener.onUnreadable(job, error as Error)
    }
  }

  /** Takes a message that is ready. */
  take(job: Job): void {
    this.#ready.remove(job)
  }

  remove(job: Job): void {
    if (this.#reading.delete(job) || this.#ready.remove(job)) return
    if (job.state === 'queued') this.#queue.remove(job)
  }

  /** Removes the messages that match, and returns them in order. */
  removeAll(matches: (job: Job) => boolean = () => true): Job[] {
    const jobs = [...this.#ready.removeAll(matches), ...[...this.#reading].filter(matches), ...this.#queue.removeAll(matches)]
    for (const job of jobs) this.#reading.delete(job)
    // They are out of every list; settling must not look for them again.
    for (const job of jobs) if (job.state === 'queued') job.state = 'ready'
    return jobs
  }

  /** When the oldest of those that came by `at` came; `Infinity` where there is none. */
  oldestBy(at: number): number {
    return Math.min(...[this.#queue.peek(), this.#ready.first, ...this.#reading].map((job) => (job && job.since <= at ? job.since : Infinity)))
  }

  #onRead(job: Job): void {
    if (!this.#reading.delete(job)) return
    const error = job.reading?.error
    if (error) return this.#listener.onUnreadable(job, error)
    job.state = 'ready'
    this.#ready.add(job)
    this.#listener.onReady()
  }
}
