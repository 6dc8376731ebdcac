import { type Clock, timerMs } from '../clock.ts'
import { NoUsableEndpointError } from '../selection/no-usable-endpoint-error.ts'
import { BackOff } from './back-off.ts'
import type { Backlog } from './backlog.ts'
import { type Failing, type FailureReports, isPassingAttempt } from './failing.ts'
import type { Job } from './job.ts'

/** What an outage needs of its pool. */
export interface OutageHost {
  readonly backlog: Backlog
  readonly reports: FailureReports
  readonly clock: Clock
  /** Milliseconds a message waits while no endpoint opens. */
  readonly endpointTimeout: number
  readonly fail: (job: Job, failing: Failing) => void
  /** Makes the next attempt. */
  readonly retry: () => void
}

/** The last attempt through the whole ladder that failed. */
interface FailedAttempt {
  readonly error: NoUsableEndpointError | Failing
  /** In milliseconds since the epoch. */
  readonly startedAt: number
}

/** What happens to the waiting messages while no endpoint opens: one attempt at a time with back-off, and each fails when its time is over. */
export class Outage {
  readonly #host: OutageHost
  readonly #backOff = new BackOff()
  #failed: FailedAttempt | undefined
  /** When a connection last opened or was of use, in milliseconds since the epoch. */
  #lastUsedAt: number
  #retry: NodeJS.Timeout | undefined
  #expiry: NodeJS.Timeout | undefined

  constructor(host: OutageHost, lastUsedAt = -Infinity) {
    this.#host = host
    this.#lastUsedAt = lastUsedAt
  }

  /** When a connection last opened or was of use, in milliseconds since the epoch; `-Infinity` where none has. */
  get lastUsedAt(): number {
    return this.#lastUsedAt
  }

  /** Whether the last attempt through the whole ladder has failed. */
  get isUnderWay(): boolean {
    return this.#failed !== undefined
  }

  /** Whether the next attempt is not due yet. */
  get isResting(): boolean {
    return this.#retry !== undefined
  }

  /** Whether a connection has opened before. */
  get wasReached(): boolean {
    return this.#lastUsedAt !== -Infinity
  }

  /** A connection has opened. */
  onOpen(): void {
    this.onUse()
    this.#backOff.reset()
  }

  /** A connection that was open has carried a message, or was closed only now: the time until here is none of an outage. */
  onUse(): void {
    this.#lastUsedAt = this.#host.clock.now()
    this.#failed = undefined
  }

  /** An attempt for the whole queue has failed: messages whose time is over fail, the others wait for the next attempt. */
  onFailed(error: NoUsableEndpointError | Failing, startedAt: number): void {
    this.#failed = { error, startedAt }
    this.#failExpired()
    if (this.#host.backlog.length > 0 && this.#host.endpointTimeout > 0) this.rest()
  }

  /** Makes the next attempt after a while. */
  rest(): void {
    this.#retry ??= setTimeout(() => {
      this.#retry = undefined
      this.#host.retry()
    }, this.#backOff.next(this.#host.clock.random()))
  }

  /** Stops every timer: nothing waits any more. */
  stop(): void {
    clearTimeout(this.#retry)
    clearTimeout(this.#expiry)
    this.#retry = this.#expiry = undefined
  }

  #failExpired(): void {
    if (!this.#failed) return
    const { backlog, reports, clock, endpointTimeout, fail } = this.#host
    const { error, startedAt } = this.#failed
    const now = clock.now()
    // What has never worked and does not pass by itself is not waited for.
    const isLasting = !this.wasReached && !mayPass(error)
    const isExpired = ({ since }: Job) => since <= startedAt && (isLasting || now - Math.max(since, this.#lastUsedAt) >= endpointTimeout)
    for (const job of backlog.removeAll(isExpired)) {
      const attempts = [...job.attempts, ...(error.attempts ?? [])]
      fail(job, NoUsableEndpointError.isInstance(error) ? reports.exhausted(attempts, this.wasReached) : { ...error, attempts })
    }
    clearTimeout(this.#expiry)
    this.#expiry = undefined
    if (backlog.length === 0 || endpointTimeout === Infinity || endpointTimeout === 0) return
    // Messages that came later have their own attempt first.
    const oldest = backlog.oldestBy(startedAt)
    if (oldest === Infinity) return
    const left = Math.max(oldest, this.#lastUsedAt) + endpointTimeout - now
    this.#expiry = setTimeout(() => this.#failExpired(), timerMs(Math.max(left, 1)))
  }
}

function mayPass(error: NoUsableEndpointError | Failing): boolean {
  return NoUsableEndpointError.isInstance(error) ? error.attempts.some(isPassingAttempt) : error.retryable
}
