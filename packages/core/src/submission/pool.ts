import { type Clock, systemClock } from '../clock.ts'
import { type Endpoint, isSameEndpoint } from '../endpoint.ts'
import { describeFailure } from '../failure/failure.ts'
import { SmtpError } from '../failure/smtp-error.ts'
import type { Attempt } from '../selection/attempt.ts'
import type { EndpointSelector } from '../selection/selector.ts'
import type { Session } from '../smtp/session.ts'
import { Alarm } from './alarm.ts'
import { SubmissionConnection } from './connection.ts'
import { FailedOpenings } from './failed-openings.ts'
import { FailureReports } from './failing.ts'
import type { Job } from './job.ts'
import { Jobs } from './jobs.ts'
import { type Opening, Openings } from './openings.ts'
import { Outage } from './outage.ts'
import { Pace } from './pace.ts'
import { Capacity } from './capacity.ts'
import type { PoolMemory, PoolOptions, PoolState } from './pool-options.ts'
import { type Slot, Slots } from './slot.ts'
import type { Submission } from './submission.ts'
import { TransactionOutcomes } from './transaction-outcomes.ts'

/** Messages that are read ahead per connection, so that a connection never waits for its next message. */
const READ_AHEAD = 2

/**
 * One queue of messages, and the connections that send them. A message fails only if the server refuses it or its login, if
 * it cannot be read, if it is aborted or its deadline passes, or if no endpoint opens within `endpointTimeout`. After any
 * other failure it is sent again.
 */
export class SubmissionPool {
  readonly #selector: EndpointSelector
  readonly #options: PoolOptions
  readonly #clock: Clock
  readonly #slots: Slots
  readonly #capacity: Capacity
  readonly #pace: Pace
  readonly #jobs: Jobs
  readonly #outage: Outage
  readonly #openings: Openings
  readonly #failedOpenings: FailedOpenings
  readonly #outcomes: TransactionOutcomes
  readonly #alarm: Alarm
  #isPumpQueued = false
  #isPumping = false
  #isPumpDue = false
  #wasIdle = true
  #onSettled: (() => void)[] = []

  /**
   * The pool sets its hooks on the selector, which must not be shared.
   *
   * @param memory what an earlier pool with the same settings and options has learnt
   */
  constructor(selector: EndpointSelector, options: PoolOptions, memory?: PoolMemory) {
    const { clock = systemClock, maxConnections, endpointTimeout } = options
    const reports = new FailureReports(selector.settings.host, options.locale)
    const pump = () => this.#pump()
    this.#selector = selector
    this.#options = options
    this.#clock = clock
    this.#alarm = new Alarm(clock, pump)
    const slots = (this.#slots = new Slots(options, () => clock.now()))
    const capacity = (this.#capacity = new Capacity(maxConnections, slots, clock))
    const pace = (this.#pace = new Pace(options))
    const jobs = (this.#jobs = new Jobs({ options, clock, reports, pump, refusalOf: (job) => this.#failedOpenings.refusalOf(job), onSettled: () => this.#afterChange() }))
    const outage = (this.#outage = new Outage({ backlog: jobs.backlog, reports, clock, endpointTimeout, fail: (job, failing) => jobs.fail(job, failing), retry: pump }, memory?.lastUsedAt))
    const openings = (this.#openings = new Openings(selector, options, clock, {
      onOpen: (...opened) => this.#onOpen(...opened),
      onExhausted: (...exhausted) => this.#failedOpenings.onExhausted(...exhausted),
      onOpenFailed: (...failed) => this.#failedOpenings.onOpenFailed(...failed),
      onBroken: (...broken) => this.#failedOpenings.onBroken(...broken),
      onEnd: pump,
    }))
    const parts = { selector, options, clock, reports, slots, capacity, pace, jobs, outage, openings }
    this.#failedOpenings = new FailedOpenings(parts, memory?.isLoginProven)
    this.#outcomes = new TransactionOutcomes({ ...parts, free: (slot) => this.#free(slot), drop: (slot) => this.#drop(slot) })
    selector.memory = memory?.selector
    selector.sessionHooks = { transcript: options.transcript, onSecret: options.onSecret, sender: () => jobs.nextSender }
    const onChoice = ({ endpoint }: { readonly endpoint: Endpoint }) => this.#moveTo(endpoint)
    selector.on('selected', onChoice).on('fallback', onChoice).on('recovered', onChoice)
  }

  /** The number of messages without an outcome. */
  get pending(): number {
    return this.#jobs.pending
  }

  /** The queue and the connections at this moment. */
  get state(): PoolState {
    return { queued: this.#jobs.waiting, pending: this.pending, connections: this.#slots.size, maxConnections: this.#capacity.allowed }
  }

  /** Whether another message would not have to wait for a connection. */
  get isIdle(): boolean {
    return this.pending < this.#options.maxConnections
  }

  /** What the pool has learnt; undefined while anything is in progress, or while it holds temporary state such as a pause. */
  get memory(): PoolMemory | undefined {
    const selector = this.#selector.memory
    const isEmpty = this.pending === 0 && this.#slots.size === 0 && this.#openings.size === 0
    const isAtRest = isEmpty && !this.#jobs.isClosed && !this.#outage.isActive && this.#capacity.isAtRest && this.#pace.isAtRest
    return selector && isAtRest ? { selector, isLoginProven: this.#failedOpenings.isLoginProven, lastUsedAt: this.#outage.lastUsedAt } : undefined
  }

  /** Adds a message. `submission.settle` is called with the outcome, always after this method has returned. */
  add(submission: Submission): void {
    if (!this.#jobs.add(submission)) return
    this.#wasIdle &&= this.isIdle
    if (this.#isPumpQueued) return
    // Messages that are added synchronously are handled together.
    this.#isPumpQueued = true
    queueMicrotask(() => {
      this.#isPumpQueued = false
      this.#pump()
    })
  }

  /** Resolves when every message has its outcome. */
  async settled(): Promise<void> {
    if (this.pending > 0) await new Promise<void>((resolve) => this.#onSettled.push(resolve))
  }

  /**
   * Closes the connections. Messages in progress are finished and those not started fail. If connections are not kept, every
   * message counts as started. `isForced` aborts them all.
   */
  close(isForced: boolean): void {
    this.#slots.closeAll()
    this.#jobs.close(isForced)
    if (isForced) {
      this.#openings.abort()
      for (const slot of this.#slots.all) this.#drop(slot)
    }
    this.#afterChange()
  }

  /** Reads messages ahead, assigns them to idle connections, and opens more connections. */
  #pump(): void {
    if (this.#isPumping) {
      this.#isPumpDue = true
      return
    }
    const { keepsConnections, maxConnections } = this.#options
    this.#isPumping = true
    do {
      this.#isPumpDue = false
      this.#jobs.backlog.readAhead(keepsConnections ? maxConnections * READ_AHEAD : Infinity)
      this.#assign()
      this.#openMore()
    } while (this.#isPumpDue)
    this.#isPumping = false
    this.#afterChange()
  }

  /** Assigns ready messages to idle connections, in order. */
  #assign(): void {
    let hasIdle = this.#slots.idle > 0
    for (const job of this.#jobs.backlog.ready) {
      if (!hasIdle && job.usesSharedConnection) continue
      const pause = this.#pace.waitAt(this.#clock.now())
      if (pause > 0) return this.#alarm.set(pause)
      if (!job.usesSharedConnection) {
        this.#openFor(job)
        continue
      }
      const slot = this.#slots.takeIdle(({ login, connection }) => login === undefined && connection.isUsable)
      if (slot) this.#send(job, slot)
      else hasIdle = false
    }
  }

  #openMore(): void {
    if (this.#outage.isPausing || !this.#jobs.isOpen) return
    const { backlog } = this.#jobs
    const pause = this.#pace.waitAt(this.#clock.now())
    if (pause > 0) return backlog.hasReady ? this.#alarm.set(pause) : undefined
    while (backlog.sharedCount > this.#slots.idle + this.#openings.shared) {
      if (this.#isFull()) return
      const endpoint = this.#selector.usable
      const isFirst = !this.#capacity.hasWorking || endpoint === undefined
      if (isFirst && !this.#openings.isClimbing) void this.#openings.open({})
      else if (endpoint && this.#failedOpenings.mayOpenInParallel) void this.#openings.open({ endpoint })
      else return
    }
  }

  /** Opens a connection for a message that cannot use a shared one: it has its own login, or must avoid an endpoint. */
  #openFor(job: Job): void {
    if (this.#isFull()) {
      const idle = this.#slots.takeIdle(() => true)
      if (!idle) return
      this.#slots.close(idle)
    }
    this.#jobs.begin(job, 'opening')
    void this.#openings.open({ job })
  }

  /** Whether no further connection may be opened. If so, sets the alarm for the next check. */
  #isFull(): boolean {
    if (!this.#capacity.isFull(this.#openings.size)) return false
    this.#alarm.set(this.#capacity.msUntilFree)
    return true
  }

  #onOpen(session: Session, { job, cancellation }: Opening, attempts: readonly Attempt[]): void {
    const { timeouts, maxReply } = this.#options
    const { endpoint, offer = [], transcript } = session
    const connection = new SubmissionConnection(session.release(), { endpoint, offer, timeouts, maxReply, transcript })
    const login = job?.submission.login
    const slot: Slot = { connection, login, idleSince: undefined, isRetired: false, attempts: attempts.filter(({ outcome }) => outcome !== 'used') }
    connection.onClose = () => {
      if (this.#slots.remove(slot)) this.#pump()
      if (this.memory) this.#options.onRest?.()
    }
    this.#slots.add(slot)
    this.#outage.onOpen()
    this.#failedOpenings.onOpen(job)
    const used = this.#selector.usable
    slot.isRetired = used !== undefined && !isSameEndpoint(used, endpoint) && !job
    if (cancellation.aborted || job?.isSettled) this.#free(slot)
    else if (job) this.#send(job, slot)
    else this.#free(slot, true)
  }

  #send(job: Job, slot: Slot): void {
    const { connection } = slot
    const { submission, reading } = job
    this.#jobs.begin(job, 'sending')
    if (slot.attempts.length > 0) {
      job.retry.attempts.push(...slot.attempts)
      slot.attempts = []
    }
    const startedAt = this.#clock.now()
    this.#pace.count(startedAt)
    connection.holdProcess(true)
    connection.staleAfter = this.#capacity.overdueAfter
    connection.isKeptOpen = this.#outcomes.areConnectionsKeptOpen
    let envelope
    try {
      envelope = submission.envelope
    } catch (error) {
      const failure = describeFailure({ code: 'envelope-invalid', stage: 'mail' }, connection.endpoint, this.#options.locale)
      this.#jobs.fail(job, { failure, delivery: 'not-accepted', retryable: false, cause: error as Error }, connection.endpoint)
      return this.#free(slot)
    }
    const cancel = connection.submit(envelope, reading!, submission.body.isReplayable, (result) => {
      job.interrupt = undefined
      this.#outcomes.onResult(job, slot, result, startedAt)
      if (result.kind === 'accepted') this.#afterChange()
      else this.#pump()
    })
    if (job.state === 'sending') job.interrupt = () => cancel(new SmtpError({ code: 'aborted' }))
  }

  /** The selector has chosen another endpoint. */
  #moveTo(endpoint: Endpoint): void {
    this.#slots.retire((other) => !isSameEndpoint(other, endpoint))
    this.#openings.abort(({ endpoint: other }) => other !== undefined && !isSameEndpoint(other, endpoint))
    this.#pump()
  }

  /** Keeps or closes a connection that has become free. @param isFresh whether it has not sent a message yet */
  #free(slot: Slot, isFresh = false): void {
    const { connection } = slot
    const isWanted = isFresh && this.#jobs.backlog.length > 0 && !slot.isRetired
    if (!connection.isUsable || !(isWanted || this.#slots.mayKeep(slot)) || this.#capacity.isOverfull(this.#openings.size)) {
      this.#slots.close(slot)
      return this.#pump()
    }
    this.#slots.markIdle(slot)
    this.#pump()
    // Unless it has got another message by now, it no longer keeps the process running.
    if (slot.idleSince !== undefined) connection.holdProcess(false)
  }

  #drop(slot: Slot): void {
    this.#slots.remove(slot)
    slot.connection.destroy()
    this.#pump()
  }

  /** After the last message: aborts unneeded openings, stops the timers and resolves `settled()`. */
  #afterChange(): void {
    if (this.#isPumping) return
    const isIdle = this.isIdle
    if (isIdle && !this.#wasIdle) this.#options.onIdle()
    this.#wasIdle = isIdle
    if (this.pending > 0) return
    this.#openings.abort()
    this.#outage.stop()
    this.#jobs.stop()
    this.#alarm.stop()
    const settled = this.#onSettled
    this.#onSettled = []
    for (const resolve of settled) resolve()
  }
}
