import { type Clock, timerMs } from '../clock.ts'
import { NoUsableEndpointError } from '../selection/no-usable-endpoint-error.ts'
import { BackOff } from './back-off.ts'
import type { Backlog } from './backlog.ts'
import { type Failing, type FailureReports, mayOpenLater } from './failing.ts'
import type { Job } from './job.ts'

/** The parts of a pool that `Outage` uses. */
export interface OutageHost {
  readonly backlog: Backlog
  readonly reports: FailureReports
  readonly clock: Clock
  /** Milliseconds a message waits while no endpoint opens. */
  readonly endpointTimeout: number
  readonly fail: (job: Job, failing: Failing) => void
  /** Starts the next attempt. */
  readonly retry: () => void
}

/** The last failed attempt through the whole ladder. */
interface FailedAttempt {
  readonly error: NoUsableEndpointError | Failing
  /** In milliseconds since the epoch. */
  readonly startedAt: number
}

/** Handles the time in which no endpoint opens: attempts one at a time, with back-off. A message fails after `endpointTimeout`. */
export class Outage {
  readonly #host: OutageHost
  readonly #backOff = new BackOff()
  #failed: FailedAttempt | undefined
  /** When a connection last opened or was used, in milliseconds since the epoch. */
  #lastUsedAt: number
  #retry: NodeJS.Timeout | undefined
  #expiry: NodeJS.Timeout | undefined

  constructor(host: OutageHost, lastUsedAt = -Infinity) {
    this.#host = host
    this.#lastUsedAt = lastUsedAt
  }

  /** When a connection last opened or was used, in milliseconds since the epoch; `-Infinity` if none has. */
  get lastUsedAt(): number {
    return this.#lastUsedAt
  }

  /** Whether the last attempt through the whole ladder failed. */
  get isActive(): boolean {
    return this.#failed !== undefined
  }

  /** Whether the next attempt is not due yet. */
  get isPausing(): boolean {
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

  /** A connection was in use until now, so the outage starts no earlier. */
  onUse(): void {
    this.#lastUsedAt = this.#host.clock.now()
    this.#failed = undefined
  }

  /** An attempt for the whole queue failed. Messages past their `endpointTimeout` fail, the others wait for the next attempt. */
  onFailed(error: NoUsableEndpointError | Failing, startedAt: number): void {
    this.#failed = { error, startedAt }
    this.#failExpired()
    if (this.#host.backlog.length > 0 && this.#host.endpointTimeout > 0) this.pause()
  }

  /** Schedules the next attempt. */
  pause(): void {
    this.#retry ??= setTimeout(() => {
      this.#retry = undefined
      this.#host.retry()
    }, this.#backOff.next(this.#host.clock.random()))
  }

  /** Stops every timer. Called when no message is pending. */
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
    // Do not wait for a permanent failure if no endpoint has ever worked.
    const isLasting = !this.wasReached && !mayPass(error)
    const isExpired = ({ since }: Job) => since <= startedAt && (isLasting || now - Math.max(since, this.#lastUsedAt) >= endpointTimeout)
    for (const job of backlog.removeAll(isExpired)) {
      const attempts = [...job.attempts, ...(error.attempts ?? [])]
      fail(job, NoUsableEndpointError.isInstance(error) ? reports.exhausted(attempts, this.wasReached) : { ...error, attempts })
    }
    clearTimeout(this.#expiry)
    this.#expiry = undefined
    if (backlog.length === 0 || endpointTimeout === Infinity || endpointTimeout === 0) return
    // Messages that were added after this attempt started get an attempt of their own first.
    const oldest = backlog.oldestBy(startedAt)
    if (oldest === Infinity) return
    const left = Math.max(oldest, this.#lastUsedAt) + endpointTimeout - now
    this.#expiry = setTimeout(() => this.#failExpired(), timerMs(Math.max(left, 1)))
  }
}

function mayPass(error: NoUsableEndpointError | Failing): boolean {
  return NoUsableEndpointError.isInstance(error) ? mayOpenLater(error) : error.retryable
}
