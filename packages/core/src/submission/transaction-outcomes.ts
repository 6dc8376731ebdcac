import type { Clock } from '../clock.ts'
import type { EndpointSelector } from '../selection/selector.ts'
import type { Job } from './job.ts'
import type { Jobs } from './jobs.ts'
import type { Outage } from './outage.ts'
import type { Pace } from './pace.ts'
import type { Capacity } from './capacity.ts'
import type { PoolOptions } from './pool-options.ts'
import type { Slot, Slots } from './slot.ts'
import type { Accepted, Lost, Refused, TransactionResult } from './transaction-result.ts'
import { faultOf, isPassing, lossOf, refusalOf } from './verdict.ts'

/** Milliseconds for which a message is repeated while the server replies "too fast" and accepts no other message. */
const RATE_PATIENCE = 300_000

/** The parts of a pool that `TransactionOutcomes` uses. */
export interface TransactionOutcomesHost {
  readonly selector: EndpointSelector
  readonly options: PoolOptions
  readonly clock: Clock
  readonly slots: Slots
  readonly capacity: Capacity
  readonly pace: Pace
  readonly jobs: Jobs
  readonly outage: Outage
  /** Keeps or closes a connection that has become free. */
  readonly free: (slot: Slot) => void
  /** Destroys a connection. */
  readonly drop: (slot: Slot) => void
}

/** Applies the result of a transaction to its message, its connection and the pool. */
export class TransactionOutcomes {
  readonly #host: TransactionOutcomesHost
  #areConnectionsKeptOpen = true

  constructor(host: TransactionOutcomesHost) {
    this.#host = host
  }

  /** Whether no connection was closed after its last reply without a 421, so that a message was sent to nobody. */
  get areConnectionsKeptOpen(): boolean {
    return this.#areConnectionsKeptOpen
  }

  /** @param startedAt when the transaction began, in milliseconds since the epoch */
  onResult(job: Job, slot: Slot, result: TransactionResult, startedAt: number): void {
    const { options, capacity, jobs, outage, free } = this.#host
    const { endpoint, slowest } = slot.connection
    if (result.kind === 'accepted' || result.kind === 'refused') capacity.answered(slowest)
    if (!isTimeout(result)) outage.onUse()
    switch (result.kind) {
      case 'accepted':
        return this.#onAccepted(job, slot, result)
      case 'refused':
        return this.#onRefused(job, slot, result, startedAt)
      case 'lost':
        return this.#onLost(job, slot, result, startedAt)
      case 'unreadable':
        free(slot)
        return jobs.failUnreadable(job, result.cause, endpoint)
      case 'unsuited': {
        free(slot)
        const failure = faultOf(result.fault, endpoint, options.locale)
        return jobs.fail(job, { failure, delivery: 'not-accepted', retryable: false }, endpoint)
      }
    }
  }

  #onAccepted(job: Job, slot: Slot, result: Accepted): void {
    const { selector, pace, jobs, free } = this.#host
    const { endpoint, offer } = slot.connection
    pace.resume()
    selector.reportDelivery(endpoint, slot.login === undefined)
    jobs.active.delete(job)
    free(slot)
    const { attempts } = job
    job.settle({ isAccepted: true, endpoint, offer, result, attempts })
  }

  #onRefused(job: Job, slot: Slot, result: Refused, startedAt: number): void {
    const { options, clock, slots, capacity, pace, jobs, free, drop } = this.#host
    const { connection } = slot
    const { keepsConnections, locale } = options
    const { reply, stage, rejected } = result
    const now = clock.now()
    const failure = refusalOf(result, this.#hasLogin(slot), connection.endpoint, locale)
    const isClosing = reply.code === 421 && stage !== 'message'
    const others = slots.size - 1
    jobs.record(job, connection, startedAt, failure)
    if (connection.isUsable && stage !== 'message' && slots.mayKeep(slot)) connection.reset((isUsable) => (isUsable ? free(slot) : drop(slot)))
    else free(slot)

    // The server closes the connection; the message itself was not refused.
    if (isClosing && connection.transactions > 1) return jobs.requeue(job)
    const { retryAfter = 0 } = failure
    const waitedBefore = now - (job.retry.firstFailedAt ?? now)
    const mayWait = keepsConnections && !jobs.isClosed && job.isReplayable && waitedBefore + retryAfter < RATE_PATIENCE
    if (mayWait && isClosing && others > 0) {
      capacity.lower(others)
      return jobs.requeue(job)
    }
    if (keepsConnections && failure.code === 'rate-limited') pace.pause(now, failure.retryAfter)
    if (mayWait && failure.code === 'rate-limited') {
      // The reply may concern this message alone: if it is repeated, let other messages go first.
      job.retry.timesTooFast += 1
      return jobs.retryIn(job, pace.waitAt(now) * (retryAfter > 0 ? 1 : Math.min(job.retry.timesTooFast, 3)))
    }
    jobs.fail(job, { failure, delivery: 'not-accepted', retryable: isPassing(failure), reply, rejected }, connection.endpoint)
  }

  /** Whether a login was made on a connection. */
  #hasLogin({ login }: Slot): boolean {
    const { selector, options } = this.#host
    return (login ?? selector.settings.auth ?? options.customLogin) !== undefined
  }

  #onLost(job: Job, slot: Slot, lost: Lost, startedAt: number): void {
    const { stage, cause, mayBeAccepted } = lost
    const { selector, options, slots, jobs, drop } = this.#host
    const { connection } = slot
    const { endpoint } = connection
    const { locale, maxConnections } = options
    // The idle connections are probably dead too, and a message would try one after the other.
    if (isTimeout(lost)) slots.closeSilentSince(performance.now() - connection.slowest)
    drop(slot)
    if (job.cancellation?.aborted) return jobs.interrupt(job, { stage, endpoint, mayBeAccepted })
    const failure = lossOf(stage, cause, mayBeAccepted, endpoint, locale)
    jobs.record(job, connection, startedAt, failure)
    if (mayBeAccepted && connection.transactions > 1 && !connection.isAnswering) this.#areConnectionsKeptOpen = false
    if (mayBeAccepted) return jobs.fail(job, { failure, delivery: 'unknown', retryable: false }, endpoint)
    if (!job.isReplayable) {
      if (connection.transactions === 1) selector.reportFailure(endpoint, failure)
      return jobs.fail(job, { failure, delivery: 'not-accepted', retryable: true }, endpoint)
    }
    const { retry } = job
    // Servers close idle connections at any time: open a new one to the same endpoint.
    if (connection.transactions > 1 && retry.staleConnections <= Math.min(maxConnections, 100)) {
      retry.staleConnections += 1
      return jobs.requeue(job)
    }
    selector.reportFailure(endpoint, failure)
    retry.avoid.push(endpoint)
    jobs.requeue(job)
  }
}

/** Whether the server stopped replying. */
function isTimeout(result: TransactionResult): boolean {
  return result.kind === 'lost' && result.cause.facts.code === 'reply-timeout'
}
