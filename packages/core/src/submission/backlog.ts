import type { Job } from './job.ts'
import { Queue } from './queue.ts'
import { ReadyList } from './ready-list.ts'

/** Callbacks of a backlog. */
export interface BacklogListener {
  /** A message can be sent. */
  onReady(): void
  onUnreadable(job: Job, cause: Error): void
}

/** The messages without a connection: queued, being read ahead, or ready to be sent. */
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

  /** The number of messages that may use a shared connection. */
  get sharedCount(): number {
    let count = this.#queue.length + this.#ready.sharedCount
    for (const job of this.#reading) if (job.usesSharedConnection) count += 1
    return count
  }

  get hasReady(): boolean {
    return this.#ready.length > 0
  }

  /** The messages being read. */
  get reading(): Iterable<Job> {
    return this.#reading
  }

  /** The message that is most likely sent next. */
  get next(): Job | undefined {
    const [reading] = this.#reading
    return this.#ready.first ?? reading ?? this.#queue.peek()
  }

  /** A copy of the list of messages that can be sent, in order. */
  get ready(): readonly Job[] {
    return this.#ready.inOrder()
  }

  add(job: Job): void {
    job.state = 'queued'
    this.#queue.push(job)
  }

  /** Reads messages until `window` of them are being read or ready. */
  readAhead(window: number): void {
    while (this.#queue.length > 0 && this.#reading.size + this.#ready.length < window) this.read(this.#queue.shift()!)
  }

  /** Reads one message, which is no longer in the queue. */
  read(job: Job): void {
    this.#reading.add(job)
    try {
      job.read(() => this.#onRead(job))
    } catch (error) {
      this.#reading.delete(job)
      this.#listener.onUnreadable(job, error as Error)
    }
  }

  /** Removes a ready message, to send it. */
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
    // They are in no list any more. This state keeps `remove` from searching the queue for each of them.
    for (const job of jobs) if (job.state === 'queued') job.state = 'ready'
    return jobs
  }

  /** The arrival time of the oldest message that was added at or before `at`; `Infinity` if there is none. */
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
