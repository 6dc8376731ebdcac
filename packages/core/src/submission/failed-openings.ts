import type { Clock } from '../clock.ts'
import type { Failure } from '../failure/failure.ts'
import type { Attempt } from '../selection/attempt.ts'
import type { NoUsableEndpointError } from '../selection/no-usable-endpoint-error.ts'
import type { EndpointSelector } from '../selection/selector.ts'
import { attemptAt, type Failing, type FailureReports } from './failing.ts'
import type { Job } from './job.ts'
import type { Jobs } from './jobs.ts'
import { isSameLogin, loginOutcome } from './login-outcome.ts'
import type { FailedOpening, Opening, Openings } from './openings.ts'
import type { Outage } from './outage.ts'
import type { Pace } from './pace.ts'
import type { Places } from './places.ts'
import type { PoolOptions } from './pool-options.ts'
import type { Slots } from './slot.ts'
import { isPassing } from './verdict.ts'

/** The parts of a pool that an opening which failed may change. */
export interface FailedOpeningsHost {
  readonly selector: EndpointSelector
  readonly options: PoolOptions
  readonly clock: Clock
  readonly reports: FailureReports
  readonly slots: Slots
  readonly places: Places
  readonly pace: Pace
  readonly jobs: Jobs
  readonly outage: Outage
  readonly openings: Openings
}

/** Decides what it means that a connection did not open, or that the login on it failed. */
export class FailedOpenings {
  readonly #host: FailedOpeningsHost
  /** Whether a login was accepted: until then one connection at a time is opened. */
  #isLoginProven: boolean
  /** Whether the endpoint in use failed to open beside the connection that goes through the ladder. */
  #isDoubted = false

  constructor(host: FailedOpeningsHost, isLoginProven = false) {
    this.#host = host
    this.#isLoginProven = isLoginProven
  }

  /** Whether a login was accepted, and not refused since. */
  get isLoginProven(): boolean {
    return this.#isLoginProven
  }

  /** Whether several connections may be opened at a time. */
  get maySpread(): boolean {
    return this.#isLoginProven && !this.#isDoubted
  }

  /** A connection has opened. @param isOwn whether with a message's own login */
  onOpen(isOwn: boolean): void {
    this.#isDoubted = false
    if (!isOwn) this.#isLoginProven = true
  }

  /** A connection did not open, or the login on it failed. */
  onOpenFailed({ failure, session, attempts: before, cause }: FailedOpening, opening: Opening): void {
    const { cancellation, job, endpoint, startedAt, avoid, isLoginLost } = opening
    if (cancellation.aborted || job?.isSettled) return
    const { selector, options, clock, slots, places, pace, jobs, outage, openings } = this.#host
    const now = clock.now()
    const outcome = session && loginOutcome(failure)
    const attempts = before.filter(({ outcome: became }) => became !== 'used')
    if (session) {
      const attempt = attemptAt(session.endpoint, session.address, startedAt, now, failure)
      attempts.push(attempt)
      options.onAttempt(attempt)
    }
    const reply = failure.replyCode === undefined ? undefined : session?.lastReply
    const failing: Failing = { failure, delivery: 'not-accepted', retryable: isPassing(failure), attempts, reply, cause }
    if (outcome === 'refused') return this.#onLoginRefused(failing, opening)
    // One more connection than the server wants, or than it can take now: those that are open go on.
    const others = slots.size
    if (!job && others > 0 && (endpoint || outcome === 'deferred')) return this.#onTurnedAway(endpoint !== undefined)
    if (!session) {
      // Beside the first connection, which goes through the ladder: what that finds counts, and until then no other is opened.
      this.#isDoubted = true
      if (failure.replyCode === 421) places.lower(Math.max(1, openings.size))
      return
    }
    if (outcome === 'lost') {
      selector.reportFailure(session.endpoint, failure)
      // A login without a reply counts as one try with the provider: it is made once more, not thrice.
      if (!isLoginLost) {
        if (job) {
          job.journey.attempts.push(...attempts)
          job.journey.isLoginLost = true
          job.journey.avoid.push(session.endpoint)
          return jobs.requeue(job)
        }
        return void openings.open({ avoid: [...avoid, session.endpoint], isLoginLost: true })
      }
    }
    if (outcome === 'deferred' && options.keepsConnections && isTooFastLogin(failure)) pace.pause(now)
    if (job) return jobs.strand(job, failing)
    outage.onFailed(failing, startedAt)
  }

  /** No rung could be used. */
  onExhausted(error: NoUsableEndpointError, { job, cancellation, startedAt }: Opening): void {
    if (cancellation.aborted || job?.isSettled) return
    const { options, reports, slots, jobs, outage } = this.#host
    if (!job) {
      // Replies are overdue, and the server takes no connection beside them: it is slow, and not gone.
      if (slots.size > 0 && error.attempts.some(wasTurnedAway)) return this.#onTurnedAway(false)
      return outage.onFailed(error, startedAt)
    }
    const { journey } = job
    const attempts = [...journey.attempts, ...error.attempts]
    if (journey.avoid.length > 0) options.onExhausted(reports.exhaustion(attempts))
    jobs.strand(job, reports.exhausted(attempts, outage.wasReached))
  }

  /** An exception of a listener, or of a function of the caller's. */
  onBroken(error: unknown, { job, cancellation, startedAt }: Opening): void {
    if (cancellation.aborted || job?.isSettled) return
    const { reports, jobs } = this.#host
    const failing = reports.broken(error as Error)
    if (job) jobs.fail(job, failing)
    else for (const other of jobs.backlog.removeAll(({ since }) => since <= startedAt)) jobs.fail(other, failing)
  }

  /** One connection more than the server takes now. @param isBeside whether it was opened beside one that works; else it is tried again after a while */
  #onTurnedAway(isBeside: boolean): void {
    const { slots, places, outage } = this.#host
    places.lower(slots.size)
    if (!isBeside) outage.rest()
  }

  /** Everything that uses this login stops, with this one refusal. */
  #onLoginRefused(failing: Failing, { job }: Opening): void {
    const { selector, jobs, openings } = this.#host
    const login = job?.submission.login
    if (!login) {
      selector.reportRefusedLogin(failing.failure)
      this.#isLoginProven = false
      openings.abort(({ job: other }) => !other?.submission.login)
    }
    const { attempts, ...rest } = failing
    const isAffected = (other: Job) => isSameLogin(other.submission.login, login)
    const affected = [...jobs.backlog.removeAll(isAffected), ...[...jobs.active].filter((other) => other.state !== 'sending' && isAffected(other))]
    for (const other of affected) jobs.fail(other, { ...rest, attempts: [...other.attempts, ...(attempts ?? [])] })
  }
}

/** Whether the server has answered that it does not take another connection now. */
function wasTurnedAway({ failure }: Attempt): boolean {
  const code = failure?.replyCode ?? 0
  return code >= 400 && code < 500
}

function isTooFastLogin({ replyCode }: Failure): boolean {
  return replyCode === 454 || replyCode === 421
}
