import type { Endpoint } from '../endpoint.ts'
import type { Attempt } from '../selection/attempt.ts'
import { JobCancellation } from './job-cancellation.ts'
import { BackOff } from './back-off.ts'
import { type BodyReader, isReady } from './body.ts'
import type { Submission, SubmissionOutcome } from './submission.ts'

/**
 * The state of a message: queued, reading its first block, ready for a connection, opening a connection of its own, being
 * sent, pausing before another attempt, or settled.
 */
export type JobState = 'queued' | 'reading' | 'ready' | 'opening' | 'sending' | 'pausing' | 'settled'

/** What is recorded about the failed attempts of a message. Most messages never need it. */
export class RetryState {
  /** The failed attempts. */
  readonly attempts: Attempt[] = []
  /** Endpoints at which this message failed. */
  avoid: Endpoint[] = []
  /** When the first attempt failed, in milliseconds since the epoch. */
  firstFailedAt: number | undefined
  /** How often the server answered it with "too fast". */
  timesTooFast = 0
  /** The pause before the next attempt. Messages that wait for the same login share one. */
  backOff = new BackOff()
  /** The number of reused connections that turned out to be closed. */
  staleConnections = 0
  /** Whether its login was sent once without a reply. */
  isLoginLost = false
  /** The endpoint it was last sent to. */
  endpoint: Endpoint | undefined
}

/** A message in a pool, until it has an outcome. */
export class Job {
  state: JobState = 'queued'
  /** Its place in the queue. */
  readonly order: number
  reading: BodyReader | undefined
  /** Aborted by the caller's signal, the deadline, or a forced close. Created only if one of these can happen. */
  cancellation: JobCancellation | undefined
  /** Cancels what the message is waiting for, if it can be cancelled. */
  interrupt: (() => void) | undefined
  readonly submission: Submission
  /** Milliseconds from `EPOCH`. V8 stores a small integer in the object, and a time since 1970 in another one. */
  readonly #addedAt: number
  #retry: RetryState | undefined

  constructor(submission: Submission, order: number, since: number) {
    this.submission = submission
    this.order = order
    this.#addedAt = since - EPOCH
  }

  /** When it was added, in milliseconds since the epoch. */
  get since(): number {
    return EPOCH + this.#addedAt
  }

  get retry(): RetryState {
    return (this.#retry ??= new RetryState())
  }

  get attempts(): readonly Attempt[] {
    return this.#retry?.attempts ?? []
  }

  /** Whether it can use a shared connection. */
  get usesSharedConnection(): boolean {
    return this.submission.login === undefined && (this.#retry === undefined || this.#retry.avoid.length === 0)
  }

  get isSettled(): boolean {
    return this.state === 'settled'
  }

  /** Starts listening to the signal, and starts the deadline. @param onAbort called once, for the first of the two */
  watch(deadline: number, makeReason: () => unknown, onAbort: () => void): void {
    const { signal } = this.submission
    if (deadline === Infinity && !signal) return
    const cancellation = this.cancel(onAbort)
    if (deadline !== Infinity) cancellation.abortAfter(deadline, makeReason)
    // Settles the message if the signal is already aborted.
    if (signal) cancellation.abortWith(signal)
  }

  /** Returns the cancellation, creating it if there is none. */
  cancel(onAbort: () => void): JobCancellation {
    if (this.cancellation) return this.cancellation
    const cancellation = new JobCancellation()
    cancellation.addEventListener('abort', onAbort)
    return (this.cancellation = cancellation)
  }

  /** Reads the first block of the message. @param onReady called once it is buffered, synchronously if it already is */
  read(onReady: () => void): void {
    const { body } = this.submission
    // Start again if part of it was taken before.
    if (this.reading?.wasRead) this.release()
    const reading = (this.reading ??= body.open())
    this.state = 'reading'
    if (isReady(reading)) return onReady()
    reading.onChange = () => {
      if (!isReady(reading)) return
      reading.onChange = undefined
      onReady()
    }
  }

  /** Whether another attempt can still send the whole message. */
  get isReplayable(): boolean {
    return !this.reading?.wasRead || this.submission.body.isReplayable
  }

  release(): void {
    this.reading?.destroy()
    this.reading = undefined
  }

  settle(outcome: SubmissionOutcome): void {
    if (this.state === 'settled') return
    this.state = 'settled'
    this.cancellation?.release()
    this.interrupt = undefined
    this.release()
    this.submission.settle(outcome, this.since)
  }
}

/** When the process loaded this file, in milliseconds since the epoch. */
const EPOCH = Date.now()
