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

/** The parts of a pool that `Jobs` uses. */
export interface JobsHost {
  readonly options: PoolOptions
  readonly clock: Clock
  readonly reports: FailureReports
  /** Sends and opens whatever is due. */
  readonly pump: () => void
  /** The refusal of the login that a message would need for another connection, if there is one. */
  readonly refusalOf: (job: Job) => { readonly at: number; readonly failing: Failing } | undefined
  /** Called after a message was settled. */
  readonly onSettled: () => void
}

/** The messages of a pool without an outcome. Every failure passes through here. */
export class Jobs {
  readonly backlog: Backlog
  /** Messages that are being sent, opening a connection of their own, or pausing before another attempt. */
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

  /** The number of messages that no connection is sending. */
  get waiting(): number {
    let count = this.backlog.length
    for (const { state } of this.active) if (state !== 'sending') count += 1
    return count
  }

  /** The sender of a message that waits for a connection. */
  get nextSender(): string | undefined {
    const [active] = this.active
    return (this.backlog.next ?? active)?.submission.sender
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Whether messages may still get connections. If connections are not kept, every message counts as started when the pool is closed. */
  get isOpen(): boolean {
    return !this.#isForced && !(this.#isClosed && this.#host.options.keepsConnections)
  }

  /** @returns whether the message is now waiting for a connection */
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

  /** Interrupts the messages that were not started, or all of them with `isForced`. */
  close(isForced: boolean): void {
    this.#isClosed = true
    this.#isForced ||= isForced
    if (!this.isOpen) {
      const pausing = [...this.active].filter(({ state }) => state === 'pausing')
      for (const job of [...this.backlog.removeAll(), ...pausing]) this.interrupt(job)
    }
    if (isForced) for (const job of this.active) job.cancel(() => this.#onAbort(job)).abort(undefined)
  }

  /** Stops the timers. Called when no message is pending. */
  stop(): void {
    this.#stalled.stop()
  }

  /** Moves a message from the backlog to a connection. */
  begin(job: Job, state: 'opening' | 'sending'): void {
    this.backlog.take(job)
    this.active.add(job)
    job.state = state
  }

  /** Puts a message back, in its original order; at the end if it was not read yet. */
  requeue(job: Job): void {
    if (job.isSettled) return
    this.active.delete(job)
    job.interrupt = undefined
    job.retry.firstFailedAt ??= this.#host.clock.now()
    // A closed pool finishes messages that have a connection, but opens no new one.
    if (job.cancellation?.aborted || !this.isOpen) return this.interrupt(job)
    // The login was refused while the message was being sent. To repeat it would be a second refusal for the same messages.
    const refusal = this.#host.refusalOf(job)
    if (refusal && job.since <= refusal.at) return this.fail(job, { ...refusal.failing, attempts: job.attempts })
    if (job.reading) this.backlog.read(job)
    else this.backlog.add(job)
    this.#host.pump()
  }

  /** Repeats a message after a pause. */
  retryIn(job: Job, ms: number): void {
    job.retry.firstFailedAt ??= this.#host.clock.now()
    job.state = 'pausing'
    this.active.add(job)
    const timer = setTimeout(() => this.requeue(job), ms)
    job.interrupt = () => clearTimeout(timer)
  }

  /**
   * No endpoint opened for these messages: repeats all of them after the same pause, each until its `endpointTimeout` has passed.
   *
   * @param pause the shortest pause, in milliseconds
   */
  retryUntilTimeout(jobs: readonly Job[], failing: Failing, pause: number): void {
    const { options, clock } = this.#host
    const now = clock.now()
    const isOver = (job: Job) => now - (job.retry.firstFailedAt ??= now) >= options.endpointTimeout || this.#isClosed
    const [expired, waiting] = [jobs.filter(isOver), jobs.filter((job) => !isOver(job))]
    const { backOff } = waiting[0]?.retry ?? {}
    const wait = Math.max(backOff?.next(clock.random()) ?? 0, pause)
    for (const job of waiting) {
      job.retry.avoid = []
      job.retry.backOff = backOff!
      this.retryIn(job, wait)
    }
    for (const job of expired) this.fail(job, failing)
  }

  /** Adds a failed attempt to a message. */
  record(job: Job, { endpoint, address }: SubmissionConnection, startedAt: number, failure: Failure): void {
    const { options, clock } = this.#host
    const attempt = attemptAt(endpoint, address, startedAt, clock.now(), failure)
    job.retry.attempts.push(attempt)
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

  /** Fails an aborted message. */
  interrupt(job: Job, at?: Interruption): void {
    this.fail(job, this.#host.reports.interrupted(job, at), at?.endpoint ?? job.attempts.at(-1)?.endpoint)
  }

  /** Called for the caller's signal, the deadline, and a forced close. */
  #onAbort(job: Job): void {
    if (job.isSettled) return
    if (job.state === 'sending') return job.interrupt?.()
    job.interrupt?.()
    this.interrupt(job)
    this.#host.pump()
  }

  #forget(job: Job): void {
    if (job.state === 'pausing' || job.state === 'opening') job.interrupt?.()
    this.active.delete(job)
    this.backlog.remove(job)
  }
}
