import type { Clock } from '../clock.ts'
import type { Endpoint } from '../endpoint.ts'
import type { Failure } from '../failure/failure.ts'
import { Backlog } from './backlog.ts'
import type { SubmissionConnection } from './connection.ts'
import { attemptAt, type Failing, type FailureReports, type Interruption } from './failing.ts'
import { Job } from './job.ts'
import type { PoolOptions } from './pool-options.ts'
import { StalledSources } from './stalled-sources.ts'
import type { Submission } from './submission.ts'
import { MessageDeadline } from './verdict.ts'

/** What the messages of a pool need of it. */
export interface JobsHost {
  readonly options: PoolOptions
  readonly clock: Clock
  readonly reports: FailureReports
  /** Does everything that is due. */
  readonly pump: () => void
  /** Called after a message was settled. */
  readonly onSettled: () => void
}

/** The messages of a pool that have no outcome yet. Every failure is given to its message here. */
export class Jobs {
  readonly backlog: Backlog
  /** Messages on a connection, opening one of their own, or resting before another attempt. */
  readonly active = new Set<Job>()
  readonly #host: JobsHost
  readonly #stalled = new StalledSources(() => [...this.backlog.reading, ...this.active])
  #order = 0
  #isClosed = false
  #isForced = false

  constructor(host: JobsHost) {
    this.#host = host
    this.backlog = new Backlog({
      onReady: () => host.pump(),
      onUnreadable: (job, cause) => this.failUnreadable(job, cause),
    })
  }

  get pending(): number {
    return this.backlog.length + this.active.size
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Whether messages get further connections. Without kept connections every message counts as begun when the pool is closed. */
  get isOpen(): boolean {
    return !this.#isForced && !(this.#isClosed && this.#host.options.keepsConnections)
  }

  /** @returns whether the message waits for a connection now */
  add(submission: Submission): boolean {
    const { options, clock } = this.#host
    const { deadline } = options
    const job = new Job(submission, this.#order++, clock.now())
    if (!this.isOpen) {
      setImmediate(() => this.interrupt(job))
      return false
    }
    if (submission.signal?.aborted) {
      this.active.add(job)
      setImmediate(() => this.interrupt(job))
      return false
    }
    job.watch(deadline, () => new MessageDeadline(deadline), () => this.#onAbort(job))
    this.backlog.add(job)
    this.#stalled.watch()
    return true
  }

  /** Interrupts the messages that were not begun; by force, all. */
  close(isForced: boolean): void {
    this.#isClosed = true
    this.#isForced ||= isForced
    if (!this.isOpen) {
      const resting = [...this.active].filter(({ state }) => state === 'resting')
      for (const job of [...this.backlog.removeAll(), ...resting]) this.interrupt(job)
    }
    if (isForced) for (const job of this.active) job.cancel(() => this.#onAbort(job)).abort(undefined)
  }

  /** Stops the timers: no message is pending. */
  stop(): void {
    this.#stalled.stop()
  }

  /** A message leaves the backlog for a connection. */
  begin(job: Job, state: 'opening' | 'sending'): void {
    this.backlog.take(job)
    this.active.add(job)
    job.state = state
  }

  /** Back into the queue, in its old place. */
  requeue(job: Job): void {
    if (job.isSettled) return
    this.active.delete(job)
    job.interrupt = undefined
    job.journey.firstFailedAt ??= this.#host.clock.now()
    // A closed pool finishes the messages that have a connection, and opens no other one.
    if (job.cancellation?.aborted || !this.isOpen) return this.interrupt(job)
    this.backlog.read(job)
    this.#host.pump()
  }

  /** A message that is tried again after a while. */
  rest(job: Job, ms: number): void {
    job.journey.firstFailedAt ??= this.#host.clock.now()
    job.state = 'resting'
    this.active.add(job)
    const timer = setTimeout(() => this.requeue(job), ms)
    job.interrupt = () => clearTimeout(timer)
  }

  /** A message for which nothing opened: it rests and tries every endpoint again, for as long as it waits. */
  strand(job: Job, failing: Failing): void {
    const { options, clock } = this.#host
    const now = clock.now()
    const { journey } = job
    journey.firstFailedAt ??= now
    if (now - journey.firstFailedAt >= options.endpointTimeout || this.#isClosed) return this.fail(job, failing)
    journey.avoid = []
    this.rest(job, journey.backOff.next(clock.random()))
  }

  /** Adds a failed attempt to a message's journey. */
  record(job: Job, { endpoint, address }: SubmissionConnection, startedAt: number, failure: Failure): void {
    const { options, clock } = this.#host
    const attempt = attemptAt(endpoint, address, startedAt, clock.now(), failure)
    job.journey.attempts.push(attempt)
    options.onAttempt(attempt)
  }

  fail(job: Job, failing: Failing, endpoint?: Endpoint): void {
    this.#forget(job)
    const { attempts } = job
    job.settle({ isAccepted: false, attempts, endpoint, ...failing })
    this.#host.onSettled()
  }

  failUnreadable(job: Job, cause: Error, endpoint?: Endpoint): void {
    this.fail(job, this.#host.reports.unreadable(cause, endpoint), endpoint)
  }

  /** A message that was aborted. */
  interrupt(job: Job, at?: Interruption): void {
    this.fail(job, this.#host.reports.interrupted(job, at), at?.endpoint ?? job.attempts.at(-1)?.endpoint)
  }

  /** The caller's signal, the deadline or a forced close. */
  #onAbort(job: Job): void {
    if (job.isSettled) return
    if (job.state === 'sending') return job.interrupt?.()
    job.interrupt?.()
    this.interrupt(job)
    this.#host.pump()
  }

  #forget(job: Job): void {
    if (job.state === 'resting' || job.state === 'opening') job.interrupt?.()
    this.active.delete(job)
    this.backlog.remove(job)
  }
}
