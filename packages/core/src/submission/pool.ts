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
import { Places } from './places.ts'
import type { PoolMemory, PoolOptions } from './pool-options.ts'
import { type Slot, Slots } from './slot.ts'
import type { Submission } from './submission.ts'
import { TransactionOutcomes } from './transaction-outcomes.ts'

/** The messages that are read ahead for each connection, so that none waits for its message. */
const READ_AHEAD = 2

/**
 * One queue of messages, and the connections that carry them. A message fails for its own reasons alone: the server answered
 * it or its login, it cannot be read, it was aborted or its deadline is over, or no endpoint opened for as long as it waits.
 * Everything else is retried here.
 */
export class SubmissionPool {
  readonly #selector: EndpointSelector
  readonly #options: PoolOptions
  readonly #clock: Clock
  readonly #slots: Slots
  readonly #places: Places
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
   * The selector is the pool's from here on: its sessions carry the pool's hooks.
   *
   * @param memory of another pool with the same settings and options
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
    const places = (this.#places = new Places(maxConnections, slots, clock))
    const pace = (this.#pace = new Pace(options))
    const jobs = (this.#jobs = new Jobs({ options, clock, reports, pump, onSettled: () => this.#afterChange() }))
    const outage = (this.#outage = new Outage({ backlog: jobs.backlog, reports, clock, endpointTimeout, fail: (job, failing) => jobs.fail(job, failing), retry: pump }, memory?.lastUsedAt))
    const openings = (this.#openings = new Openings(selector, options, clock, {
      onOpen: (...opened) => this.#onOpen(...opened),
      onExhausted: (...exhausted) => this.#failedOpenings.onExhausted(...exhausted),
      onOpenFailed: (...failed) => this.#failedOpenings.onOpenFailed(...failed),
      onBroken: (...broken) => this.#failedOpenings.onBroken(...broken),
      onEnd: pump,
    }))
    const parts = { selector, options, clock, reports, slots, places, pace, jobs, outage, openings }
    this.#failedOpenings = new FailedOpenings(parts, memory?.isLoginProven)
    this.#outcomes = new TransactionOutcomes({ ...parts, free: (slot) => this.#free(slot), drop: (slot) => this.#drop(slot) })
    selector.memory = memory?.selector
    selector.sessionHooks = { transcript: options.transcript, onSecret: options.onSecret }
    const onChoice = ({ endpoint }: { readonly endpoint: Endpoint }) => this.#moveTo(endpoint)
    selector.on('selected', onChoice).on('fallback', onChoice).on('recovered', onChoice)
  }

  /** How many messages have no outcome yet. */
  get pending(): number {
    return this.#jobs.pending
  }

  /** Whether another message could be taken without waiting for a connection. */
  get isIdle(): boolean {
    return this.pending < this.#options.maxConnections
  }

  /** What it has learnt; undefined while anything is under way, or is to be remembered for a while only. */
  get memory(): PoolMemory | undefined {
    const selector = this.#selector.memory
    const isEmpty = this.pending === 0 && this.#slots.size === 0 && this.#openings.size === 0
    const isAtRest = isEmpty && !this.#jobs.isClosed && !this.#outage.isUnderWay && this.#places.isAtRest && this.#pace.isAtRest
    return selector && isAtRest ? { selector, isLoginProven: this.#failedOpenings.isLoginProven, lastUsedAt: this.#outage.lastUsedAt } : undefined
  }

  /** Takes a message. Its outcome goes to `submission.settle`, never before this method has returned. */
  add(submission: Submission): void {
    if (!this.#jobs.add(submission)) return
    this.#wasIdle &&= this.isIdle
    if (this.#isPumpQueued) return
    // Messages that come in one turn are looked at together.
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
   * Closes the connections. Messages on a connection are finished, those that were not begun fail; without kept connections
   * every message counts as begun. `isForced` aborts them all.
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

  /** Does everything that is due: reads ahead, gives messages to idle connections, opens more. */
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

  /** Gives ready messages to idle connections, in order. */
  #assign(): void {
    let hasIdle = this.#slots.idle > 0
    for (const job of this.#jobs.backlog.ready) {
      if (!hasIdle && job.isOrdinary) continue
      const pause = this.#pace.waitAt(this.#clock.now())
      if (pause > 0) return this.#alarm.set(pause)
      if (!job.isOrdinary) {
        this.#openFor(job)
        continue
      }
      const slot = this.#slots.takeIdle(({ login, connection }) => login === undefined && connection.isUsable)
      if (slot) this.#send(job, slot)
      else hasIdle = false
    }
  }

  #openMore(): void {
    if (this.#outage.isResting || !this.#jobs.isOpen) return
    const { backlog } = this.#jobs
    const pause = this.#pace.waitAt(this.#clock.now())
    if (pause > 0) return backlog.hasReady ? this.#alarm.set(pause) : undefined
    while (backlog.ordinary > this.#slots.idle + this.#openings.shared) {
      if (this.#isFull()) return
      const endpoint = this.#selector.usable
      const isFirst = !this.#places.hasWorking || endpoint === undefined
      if (isFirst && !this.#openings.isClimbing) void this.#openings.open({})
      else if (endpoint && this.#failedOpenings.maySpread) void this.#openings.open({ endpoint })
      else return
    }
  }

  /** A message that cannot use what the others use: it has a login of its own, or an endpoint failed it. */
  #openFor(job: Job): void {
    if (this.#isFull()) {
      const idle = this.#slots.takeIdle(() => true)
      if (!idle) return
      this.#slots.close(idle)
    }
    this.#jobs.begin(job, 'opening')
    void this.#openings.open({ job })
  }

  /** Whether no place is free. It is looked at again when one may be. */
  #isFull(): boolean {
    if (!this.#places.isFull(this.#openings.size)) return false
    this.#alarm.set(this.#places.freeIn)
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
    this.#failedOpenings.onOpen(login !== undefined)
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
      job.journey.attempts.push(...slot.attempts)
      slot.attempts = []
    }
    const startedAt = this.#clock.now()
    this.#pace.count(startedAt)
    connection.holdProcess(true)
    connection.staleAfter = this.#places.patience
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

  /** Another endpoint is used from now on. */
  #moveTo(endpoint: Endpoint): void {
    this.#slots.retire((other) => !isSameEndpoint(other, endpoint))
    this.#openings.abort(({ endpoint: other }) => other !== undefined && !isSameEndpoint(other, endpoint))
    this.#pump()
  }

  /** A connection has nothing to do. @param isFresh whether it has carried no message yet, and may carry one in any case */
  #free(slot: Slot, isFresh = false): void {
    const { connection } = slot
    const isWanted = isFresh && this.#jobs.backlog.length > 0 && !slot.isRetired
    if (!connection.isUsable || !(isWanted || this.#slots.mayKeep(slot)) || this.#places.isOverfull(this.#openings.size)) {
      this.#slots.close(slot)
      return this.#pump()
    }
    this.#slots.rest(slot)
    this.#pump()
    // One that has another message by now goes on holding the process.
    if (slot.idleSince !== undefined) connection.holdProcess(false)
  }

  #drop(slot: Slot): void {
    this.#slots.remove(slot)
    slot.connection.destroy()
    this.#pump()
  }

  /** What has ended with the last message: openings nobody needs, timers, waiting callers. */
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
