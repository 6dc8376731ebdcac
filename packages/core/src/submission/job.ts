import type { Endpoint } from '../endpoint.ts'
import type { Attempt } from '../selection/attempt.ts'
import { Cancellation } from '../smtp/cancellation.ts'
import { BackOff } from './back-off.ts'
import { type BodyReader, isReady } from './body.ts'
import type { Submission, SubmissionOutcome } from './submission.ts'

/**
 * Where a message is: in the queue, reading its first block, waiting for a connection, opening one of its own, on a
 * connection, resting before another attempt, or settled.
 */
export type JobState = 'queued' | 'reading' | 'ready' | 'opening' | 'sending' | 'resting' | 'settled'

/** What happened to a message on its way; most messages need none of it. */
export class Journey {
  /** Attempts that failed. */
  readonly attempts: Attempt[] = []
  /** Endpoints that failed this message. */
  avoid: Endpoint[] = []
  /** When the first attempt failed, in milliseconds since the epoch. */
  firstFailedAt: number | undefined
  /** How often the server said "too fast" to it. */
  timesTooFast = 0
  /** How long to rest before the next attempt. */
  readonly backOff = new BackOff()
  /** How many reused connections turned out to be closed when they were to take this message. */
  staleConnections = 0
  /** Whether its login was sent once and got no reply. */
  isLoginLost = false
  /** Where it was last sent. */
  endpoint: Endpoint | undefined
}

/** A message in a pool that has no outcome yet. */
export class Job {
  state: JobState = 'queued'
  /** When it came, in milliseconds since the epoch. */
  readonly since: number
  /** Its place in the queue. */
  readonly order: number
  reading: BodyReader | undefined
  /** Aborted by the caller's signal, the deadline, or a forced close; made when one of them can happen. */
  cancellation: Cancellation | undefined
  /** Ends what the message waits for, where that can be ended. */
  interrupt: (() => void) | undefined
  readonly submission: Submission
  #journey: Journey | undefined
  #deadline: NodeJS.Timeout | undefined
  #leaveSignal: (() => void) | undefined

  constructor(submission: Submission, order: number, since: number) {
    this.submission = submission
    this.order = order
    this.since = since
  }

  get journey(): Journey {
    return (this.#journey ??= new Journey())
  }

  get attempts(): readonly Attempt[] {
    return this.#journey?.attempts ?? []
  }

  /** Whether it can be sent over a connection that is there for all. */
  get isOrdinary(): boolean {
    return this.submission.login === undefined && (this.#journey === undefined || this.#journey.avoid.length === 0)
  }

  get isSettled(): boolean {
    return this.state === 'settled'
  }

  /** Listens to the signal and sets the deadline. @param onAbort called once, when either comes */
  watch(deadline: number, makeReason: () => unknown, onAbort: () => void): void {
    const { signal } = this.submission
    if (deadline === Infinity && !signal) return
    const cancellation = this.cancel(onAbort)
    if (deadline !== Infinity) this.#deadline = setTimeout(() => cancellation.abort(makeReason()), Math.min(deadline, LONGEST_TIMER))
    if (signal) this.#leaveSignal = cancellation.follow(signal)
  }

  /** The cancellation, made if there is none yet. */
  cancel(onAbort: () => void): Cancellation {
    if (this.cancellation) return this.cancellation
    const cancellation = new Cancellation()
    cancellation.addEventListener('abort', onAbort)
    return (this.cancellation = cancellation)
  }

  /** Reads the first block of the message. @param onReady called once it is there, at once if it is there already */
  read(onReady: () => void): void {
    const { body } = this.submission
    // One that was read in part begins again.
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

  /** Whether another attempt can send the whole message. */
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
    clearTimeout(this.#deadline)
    this.#leaveSignal?.()
    this.interrupt = undefined
    this.release()
    this.submission.settle(outcome)
  }
}

/** Milliseconds that a timer of Node can hold. */
const LONGEST_TIMER = 2 ** 31 - 1
