import type { Clock } from '../clock.ts'
import type { Failure } from '../failure/failure.ts'
import type { Attempt } from '../selection/attempt.ts'
import type { NoUsableEndpointError } from '../selection/no-usable-endpoint-error.ts'
import { loginOutcome } from '../selection/login-outcome.ts'
import type { EndpointSelector } from '../selection/selector.ts'
import { isSameLogin } from '../settings/same-login.ts'
import type { LoginSettings } from '../settings/settings.ts'
import { attemptAt, type Failing, type FailureReports, mayOpenLater } from './failing.ts'
import type { Job } from './job.ts'
import type { Jobs } from './jobs.ts'
import type { FailedOpening, Opening, Openings } from './openings.ts'
import type { Outage } from './outage.ts'
import type { Pace } from './pace.ts'
import type { Capacity } from './capacity.ts'
import type { PoolOptions } from './pool-options.ts'
import type { Slots } from './slot.ts'
import { isPassing } from './verdict.ts'

/** The parts of a pool that a failed opening may change. */
export interface FailedOpeningsHost {
  readonly selector: EndpointSelector
  readonly options: PoolOptions
  readonly clock: Clock
  readonly reports: FailureReports
  readonly slots: Slots
  readonly capacity: Capacity
  readonly pace: Pace
  readonly jobs: Jobs
  readonly outage: Outage
  readonly openings: Openings
}

/** Handles connections that did not open, and failed logins. */
export class FailedOpenings {
  readonly #host: FailedOpeningsHost
  /** Whether a login was accepted. Until then connections are opened one at a time. */
  #isLoginProven: boolean
  /** Whether a parallel connection to the endpoint in use failed to open. */
  #isUncertain = false
  /** The last refused login. */
  #refused: { readonly login: LoginSettings | undefined; readonly at: number; readonly failing: Failing } | undefined

  constructor(host: FailedOpeningsHost, isLoginProven = false) {
    this.#host = host
    this.#isLoginProven = isLoginProven
  }

  /** Whether a login was accepted and not refused since. */
  get isLoginProven(): boolean {
    return this.#isLoginProven
  }

  /** Whether several connections may be opened in parallel. */
  get mayOpenInParallel(): boolean {
    return this.#isLoginProven && !this.#isUncertain
  }

  /** A connection has opened. @param job the message that it is for; undefined: any message may use it */
  onOpen(job: Job | undefined): void {
    this.#isUncertain = false
    if (!job?.submission.login) this.#isLoginProven = true
    if (this.refusalOf(job)) this.#refused = undefined
  }

  /** A connection did not open, or the login on it failed. */
  onOpenFailed({ failure, session, isOfOther, reply, attempts: before, cause }: FailedOpening, opening: Opening): void {
    const { cancellation, job, endpoint, startedAt, avoid, isLoginLost } = opening
    if (cancellation.aborted || job?.isSettled) return
    const { selector, options, clock, slots, capacity, pace, jobs, outage, openings } = this.#host
    const now = clock.now()
    const outcome = session && loginOutcome(failure)
    const attempts = before.filter((attempt) => attempt.outcome !== 'used')
    if (session && !isOfOther) {
      const attempt = attemptAt(session.endpoint, session.address, startedAt, now, failure)
      attempts.push(attempt)
      options.onAttempt(attempt)
    }
    const failing: Failing = { failure, delivery: 'not-accepted', retryable: isPassing(failure), attempts, reply, cause }
    if (outcome === 'refused') return this.#onLoginRefused(failing, opening)
    const waiting = outcome ? this.#withdrawWaiting(opening) : []
    const affected = job ? [job, ...waiting] : waiting
    // The server does not accept another connection now. The open ones continue.
    if (!job && slots.size > 0 && (endpoint || outcome === 'deferred')) {
      jobs.retryUntilTimeout(affected, failing, pace.waitAt(now))
      return this.#onConnectionRefused(endpoint !== undefined)
    }
    // Until a connection has gone through the ladder, no other is opened.
    this.#isUncertain = true
    if (!session) {
      if (failure.replyCode === 421) capacity.lower(Math.max(1, openings.size))
      return
    }
    if (outcome === 'lost') {
      selector.reportFailure(session.endpoint, failure)
      // The provider may count a login without a reply as failed, so it is repeated only once.
      const [again, over] = [affected.filter(({ retry }) => !retry.isLoginLost), affected.filter(({ retry }) => retry.isLoginLost)]
      for (const each of again) {
        each.retry.attempts.push(...attempts)
        each.retry.isLoginLost = true
        each.retry.avoid.push(session.endpoint)
        jobs.requeue(each)
      }
      jobs.retryUntilTimeout(over, failing, pace.waitAt(now))
      if (job) return
      if (!isLoginLost) return void openings.open({ avoid: [...avoid, session.endpoint], isLoginLost: true, attempts })
      return outage.onFailed(failing, startedAt)
    }
    if (outcome === 'deferred' && options.keepsConnections && isTooFastLogin(failure)) pace.pause(now, failure.retryAfter)
    jobs.retryUntilTimeout(affected, failing, pace.waitAt(now))
    if (!job) outage.onFailed(failing, startedAt)
  }

  /** The refusal of the login of a message, if no connection has opened with that login since. */
  refusalOf(job: Job | undefined): { readonly at: number; readonly failing: Failing } | undefined {
    return this.#refused && isSameLogin(this.#refused.login, this.#loginOf(job)) ? this.#refused : undefined
  }

  /** No endpoint could be used. */
  onExhausted(error: NoUsableEndpointError, { job, cancellation, startedAt, attempts: earlier }: Opening): void {
    if (cancellation.aborted || job?.isSettled) return
    const { options, clock, reports, slots, pace, jobs, outage } = this.#host
    const now = clock.now()
    const { code, retryAfter } = error.diagnosis
    if (code === 'rate-limited' && retryAfter !== undefined && options.keepsConnections) pace.pause(now, retryAfter)
    if (!job) {
      // Replies are overdue and the server refuses another connection: it is slow, but reachable.
      if (slots.size > 0 && error.attempts.some(wasRefused)) return this.#onConnectionRefused(false)
      const lost = earlier.at(-1)?.failure
      if (!lost) return outage.onFailed(error, startedAt)
      // There is no other port on which the login could be repeated.
      if (error.attempts.length === 0) return outage.onFailed({ failure: lost, delivery: 'not-accepted', retryable: isPassing(lost), attempts: earlier }, startedAt)
      // A login without a reply is no reason to wait and log in again: the provider may have counted it as failed.
      const retryable = mayOpenLater(error, outage.wasReached)
      return outage.onFailed({ ...reports.exhausted([...earlier, ...error.attempts], outage.wasReached), retryable }, startedAt)
    }
    const { retry } = job
    const attempts = [...retry.attempts, ...error.attempts]
    if (retry.avoid.length > 0) options.onExhausted(reports.exhaustion(attempts))
    jobs.retryUntilTimeout([job], reports.exhausted(attempts, outage.wasReached), pace.waitAt(now))
  }

  /** A listener or a function of the caller has thrown. */
  onBroken(error: unknown, { job, cancellation, startedAt }: Opening): void {
    if (cancellation.aborted || job?.isSettled) return
    const { reports, jobs } = this.#host
    const failing = reports.broken(error as Error)
    if (job) jobs.fail(job, failing)
    else for (const other of jobs.backlog.removeAll(({ since }) => since <= startedAt)) jobs.fail(other, failing)
  }

  /** The server refused one more connection. @param isBeside whether another connection works; otherwise the attempt is repeated after a pause */
  #onConnectionRefused(isBeside: boolean): void {
    const { slots, capacity, outage } = this.#host
    capacity.lower(slots.size)
    if (!isBeside) outage.pause()
  }

  /**
   * Ends the openings that wait for their turn to log in, or have not got so far: the attempt that has failed counts for them as well.
   *
   * @returns the messages without a shared connection for which it counts: those that were there when it began
   */
  #withdrawWaiting({ job: own, startedAt }: Opening): readonly Job[] {
    const { jobs, openings } = this.#host
    const usesSameLogin = (job: Job | undefined) => isSameLogin(this.#loginOf(job), this.#loginOf(own))
    const isAffected = (job: Job) => !job.usesSharedConnection && job.since <= startedAt && usesSameLogin(job)
    const withdrawn = openings.withdraw(({ job }) => (job ? isAffected(job) : usesSameLogin(job)))
    return [...withdrawn.flatMap(({ job }) => job ?? []), ...jobs.backlog.removeAll(isAffected)]
  }

  /** One refusal fails all messages that use this login. */
  #onLoginRefused(failing: Failing, { job }: Opening): void {
    const { selector, clock, jobs, openings } = this.#host
    const isAffected = (other: Job | undefined) => isSameLogin(this.#loginOf(other), this.#loginOf(job))
    if (isAffected(undefined)) {
      selector.reportRefusedLogin(failing.failure)
      this.#isLoginProven = false
    }
    openings.abort(({ job: other }) => isAffected(other))
    const { attempts, ...rest } = failing
    this.#refused = { login: this.#loginOf(job), at: clock.now(), failing: rest }
    const affected = [...jobs.backlog.removeAll(isAffected), ...[...jobs.active].filter((other) => other.state !== 'sending' && isAffected(other))]
    for (const other of affected) jobs.fail(other, { ...rest, attempts: [...other.attempts, ...(attempts ?? [])] })
  }

  /** The login of a message, or of the settings. */
  #loginOf(job: Job | undefined): LoginSettings | undefined {
    return job?.submission.login ?? this.#host.selector.settings.auth
  }
}

/** Whether the server has refused the connection for now (4yz). */
function wasRefused({ failure }: Attempt): boolean {
  const code = failure?.replyCode ?? 0
  return (code >= 400 && code < 500) || failure?.code === 'rate-limited'
}

function isTooFastLogin({ code, replyCode }: Failure): boolean {
  return code === 'rate-limited' || replyCode === 454 || replyCode === 421
}
