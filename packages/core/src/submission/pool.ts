import { type Clock, systemClock, timerMs } from '../clock.ts'
import { type Endpoint, endpointKey } from '../endpoint.ts'
import { describeFailure, type Failure } from '../failure/failure.ts'
import { SmtpError } from '../failure/smtp-error.ts'
import type { Attempt } from '../selection/attempt.ts'
import { NoUsableEndpointError } from '../selection/no-usable-endpoint-error.ts'
import type { EndpointSelector } from '../selection/selector.ts'
import type { Session } from '../smtp/session.ts'
import { BackOff } from './back-off.ts'
import { isReady } from './body.ts'
import { SubmissionConnection } from './connection.ts'
import { ConnectionLimit } from './connection-limit.ts'
import { attemptAt, type Failing, FailureReports, type Interruption, isPassingAttempt } from './failing.ts'
import { Job } from './job.ts'
import { isSameLogin, loginOutcome } from './login-outcome.ts'
import { type FailedOpening, type Opening, type OpeningListener, Openings } from './openings.ts'
import { Pace } from './pace.ts'
import type { PoolOptions } from './pool-options.ts'
import { Queue } from './queue.ts'
import { ReadyList } from './ready-list.ts'
import { isTooFast } from './server-limits.ts'
import { type Slot, Slots } from './slot.ts'
import type { Submission } from './submission.ts'
import type { Lost, Refused, TransactionResult } from './transaction-result.ts'
import { faultOf, isPassing, lossOf, MessageDeadline, refusalOf } from './verdict.ts'

/** Milliseconds for which a message goes on waiting for a server that says "too fast" and takes no other message either. */
const RATE_PATIENCE = 300_000

/** Milliseconds after which a source that gives nothing is given up, and how often that is looked after. */
const SOURCE_STALLED = 600_000
const STALL_CHECK = 60_000

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
  readonly #limit: ConnectionLimit
  readonly #pace: Pace
  readonly #backOff = new BackOff()
  readonly #queue = new Queue<Job>()
  readonly #reading = new Set<Job>()
  readonly #ready = new ReadyList()
  /** Messages on a connection, opening one of their own, or resting before another attempt. */
  readonly #underWay = new Set<Job>()
  readonly #openings: Openings
  readonly #reports: FailureReports
  #order = 0
  /** Whether the endpoint in use failed to open beside the connection that goes through the ladder. */
  #isDoubted = false
  /** Whether a login was accepted: until then one connection at a time is opened. */
  #isLoginProven = false
  /** When a connection last opened, in milliseconds since the epoch. */
  #lastOpenAt = -Infinity
  /** The last attempt through the whole ladder that failed. */
  #outage: { readonly error: NoUsableEndpointError | Failing; readonly startedAt: number } | undefined
  #retry: NodeJS.Timeout | undefined
  #expiry: NodeJS.Timeout | undefined
  #wake: NodeJS.Timeout | undefined
  #wakeAt = 0
  #stallCheck: NodeJS.Timeout | undefined
  #isPumpQueued = false
  #isPumping = false
  #isPumpDue = false
  #isClosed = false
  #isForced = false
  #wasIdle = true
  #onSettled: (() => void)[] = []

  /** The selector is the pool's from here on: its sessions carry the pool's hooks. */
  constructor(selector: EndpointSelector, options: PoolOptions) {
    this.#selector = selector
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#slots = new Slots(options.idleTimeout, () => this.#clock.now())
    this.#limit = new ConnectionLimit(options.maxConnections)
    this.#pace = new Pace(options)
    this.#openings = new Openings(selector, options, this.#clock, this.#openingListener())
    this.#reports = new FailureReports(selector.settings.host, options.locale)
    selector.sessionHooks = { transcript: options.transcript, onSecret: options.onSecret }
    const onChoice = ({ endpoint }: { readonly endpoint: Endpoint }) => this.#moveTo(endpoint)
    selector.on('selected', onChoice).on('fallback', onChoice).on('recovered', onChoice)
  }

  /** How many messages have no outcome yet. */
  get pending(): number {
    return this.#queue.length + this.#reading.size + this.#ready.length + this.#underWay.size
  }

  /** Whether another message could be taken without waiting for a connection. */
  get isIdle(): boolean {
    return this.pending < this.#options.maxConnections
  }

  /** Takes a message. Its outcome goes to `submission.settle`, never before this method has returned. */
  add(submission: Submission): void {
    const { deadline, keepsConnections } = this.#options
    const job = new Job(submission, this.#order++, this.#clock.now())
    if (this.#isForced || (this.#isClosed && keepsConnections)) {
      setImmediate(() => this.#interrupt(job))
      return
    }
    if (submission.signal?.aborted) {
      this.#underWay.add(job)
      setImmediate(() => this.#interrupt(job))
      return
    }
    job.watch(deadline, () => new MessageDeadline(deadline), () => this.#onAbort(job))
    this.#queue.push(job)
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
    this.#isClosed = true
    this.#isForced ||= isForced
    this.#slots.retire(() => true)
    if (isForced || this.#options.keepsConnections) {
      const resting = [...this.#underWay].filter(({ state }) => state === 'resting')
      for (const job of [...this.#waiting(), ...resting]) this.#interrupt(job)
    }
    if (isForced) {
      for (const job of this.#underWay) job.cancel(() => this.#onAbort(job)).abort(undefined)
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
    this.#isPumping = true
    do {
      this.#isPumpDue = false
      this.#readAhead()
      this.#assign()
      this.#openMore()
    } while (this.#isPumpDue)
    this.#isPumping = false
    this.#afterChange()
  }

  #readAhead(): void {
    const { keepsConnections, maxConnections } = this.#options
    const window = keepsConnections ? maxConnections * READ_AHEAD : Infinity
    while (this.#queue.length > 0 && this.#reading.size + this.#ready.length < window) this.#read(this.#queue.shift()!)
  }

  #read(job: Job): void {
    this.#reading.add(job)
    this.#stallCheck ??= setInterval(() => this.#failStalled(), STALL_CHECK)
    try {
      job.read(() => this.#onRead(job))
    } catch (error) {
      this.#reading.delete(job)
      this.#failUnreadable(job, error as Error)
    }
  }

  /** A source that gives nothing any more would keep its message for ever; the server is not to blame for it. */
  #failStalled(): void {
    const limit = performance.now() - SOURCE_STALLED
    for (const { reading } of [...this.#reading, ...this.#underWay]) {
      if (reading && !isReady(reading) && reading.lastGivenAt < limit) reading.fail(new Error(`The source of the message gave nothing for ${SOURCE_STALLED / 1_000} s.`))
    }
  }

  #onRead(job: Job): void {
    if (!this.#reading.delete(job)) return
    const error = job.reading?.error
    if (error) return this.#failUnreadable(job, error)
    job.state = 'ready'
    this.#ready.add(job)
    this.#pump()
  }

  /** Gives ready messages to idle connections, in order. */
  #assign(): void {
    let hasIdle = this.#slots.idle > 0
    for (const job of this.#ready.inOrder()) {
      if (!hasIdle && job.isOrdinary) continue
      const pause = this.#pace.waitAt(this.#clock.now())
      if (pause > 0) return this.#wakeAfter(pause)
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
    if (this.#retry || (this.#isClosed && this.#options.keepsConnections)) return
    const now = this.#clock.now()
    const pause = this.#pace.waitAt(now)
    if (pause > 0) return this.#ready.length > 0 ? this.#wakeAfter(pause) : undefined
    const limit = this.#limit.at(now)
    for (;;) {
      const isFull = this.#slots.size + this.#openings.size >= limit
      if (isFull && this.#limit.raiseAt === Infinity) return
      const needed = this.#queue.length + this.#ordinaryReading + this.#ready.ordinary - this.#slots.idle - this.#openings.shared
      if (needed <= 0) return
      if (isFull) return this.#wakeAfter(this.#limit.raiseAt - now)
      const endpoint = this.#selector.usable
      const isFirst = this.#slots.size === 0 || endpoint === undefined
      if (isFirst && !this.#openings.isClimbing) void this.#openings.open({})
      else if (endpoint && this.#isLoginProven && !this.#isDoubted) void this.#openings.open({ endpoint })
      else return
    }
  }

  /** A message that cannot use what the others use: it has a login of its own, or an endpoint failed it. */
  #openFor(job: Job): void {
    if (this.#slots.size + this.#openings.size >= this.#limit.at(this.#clock.now())) {
      const idle = this.#slots.takeIdle(() => true)
      if (!idle) return
      this.#slots.close(idle)
    }
    this.#ready.remove(job)
    this.#underWay.add(job)
    job.state = 'opening'
    void this.#openings.open({ job })
  }

  #openingListener(): OpeningListener {
    return {
      onOpen: (...opened) => this.#onOpen(...opened),
      onExhausted: (...exhausted) => this.#onExhausted(...exhausted),
      onOpenFailed: (...failed) => this.#onOpenFailed(...failed),
      onBroken: (...broken) => this.#onBroken(...broken),
      onEnd: () => this.#pump(),
    }
  }

  #onOpen(session: Session, { job, cancellation }: Opening, attempts: readonly Attempt[]): void {
    const { waits, maxReply } = this.#options
    const { endpoint, offer = [], transcript } = session
    const connection = new SubmissionConnection(session.release(), { endpoint, offer, waits, maxReply, transcript })
    const login = job?.submission.login
    const slot: Slot = { connection, login, idleSince: undefined, isRetired: false, attempts: attempts.filter(({ outcome }) => outcome !== 'used') }
    connection.onClose = () => {
      if (this.#slots.remove(slot)) this.#pump()
    }
    this.#slots.add(slot)
    this.#lastOpenAt = this.#clock.now()
    this.#isDoubted = false
    this.#outage = undefined
    this.#backOff.reset()
    if (!login) this.#isLoginProven = true
    const used = this.#selector.usable
    slot.isRetired = used !== undefined && endpointKey(used) !== endpointKey(endpoint) && !job
    if (cancellation.aborted || job?.isSettled) this.#free(slot)
    else if (!job) this.#free(slot, true)
    else {
      this.#underWay.delete(job)
      this.#send(job, slot)
    }
  }

  #send(job: Job, slot: Slot): void {
    const { connection } = slot
    const { submission, reading } = job
    this.#ready.remove(job)
    this.#underWay.add(job)
    job.state = 'sending'
    if (slot.attempts.length > 0) {
      job.journey.attempts.push(...slot.attempts)
      slot.attempts = []
    }
    const startedAt = this.#clock.now()
    this.#pace.count(startedAt)
    connection.holdProcess(true)
    let envelope
    try {
      envelope = submission.envelope
    } catch (error) {
      const failure = describeFailure({ code: 'envelope-invalid', stage: 'mail' }, connection.endpoint, this.#options.locale)
      this.#fail(job, { failure, delivery: 'not-accepted', retryable: false, cause: error as Error }, connection.endpoint)
      return this.#free(slot)
    }
    const cancel = connection.submit(envelope, reading!, submission.body.isReplayable, (result) => {
      job.interrupt = undefined
      this.#onResult(job, slot, result, startedAt)
    })
    if (job.state === 'sending') job.interrupt = () => cancel(new SmtpError({ code: 'aborted' }))
  }

  #onResult(job: Job, slot: Slot, result: TransactionResult, startedAt: number): void {
    const { endpoint } = slot.connection
    switch (result.kind) {
      case 'accepted': {
        this.#pace.resume()
        this.#selector.reportDelivery(endpoint, slot.login === undefined)
        this.#underWay.delete(job)
        this.#free(slot)
        const { attempts } = job
        job.settle({ isAccepted: true, endpoint, offer: slot.connection.offer, result, attempts })
        return this.#afterChange()
      }
      case 'refused':
        this.#onRefused(job, slot, result, startedAt)
        break
      case 'lost':
        this.#onLost(job, slot, result, startedAt)
        break
      case 'unreadable':
        this.#free(slot)
        this.#failUnreadable(job, result.cause, endpoint)
        break
      case 'unsuited': {
        this.#free(slot)
        const failure = faultOf(result.fault, endpoint, this.#options.locale)
        this.#fail(job, { failure, delivery: 'not-accepted', retryable: false }, endpoint)
      }
    }
    this.#pump()
  }

  #onRefused(job: Job, slot: Slot, result: Refused, startedAt: number): void {
    const { connection } = slot
    const { keepsConnections, locale } = this.#options
    const { reply, stage, rejected } = result
    const now = this.#clock.now()
    const failure = refusalOf(result, connection.endpoint, locale)
    const isClosing = reply.code === 421 && stage !== 'message'
    const others = this.#slots.size - 1
    this.#record(job, connection, startedAt, failure)
    if (connection.isUsable && stage !== 'message' && this.#mayKeep(slot)) connection.reset((isUsable) => (isUsable ? this.#free(slot) : this.#drop(slot)))
    else this.#free(slot)

    // The server ends the connection, and that is no answer to this message.
    if (isClosing && connection.transactions > 1) return this.#requeue(job)
    const mayWait = keepsConnections && !this.#isClosed && job.isReplayable && now - (job.journey.firstFailedAt ?? now) < RATE_PATIENCE
    if (mayWait && isClosing && others > 0) {
      this.#limit.lower(others, now)
      return this.#requeue(job)
    }
    if (mayWait && isTooFast(reply, stage)) {
      this.#pace.pause(now)
      // It may be about this message alone: when it is said again, the others have their turn before it.
      job.journey.timesTooFast += 1
      return this.#rest(job, this.#pace.waitAt(now) * Math.min(job.journey.timesTooFast, 3))
    }
    this.#fail(job, { failure, delivery: 'not-accepted', retryable: isPassing(failure), reply, rejected }, connection.endpoint)
  }

  #onLost(job: Job, slot: Slot, { stage, cause, mayBeAccepted }: Lost, startedAt: number): void {
    const { connection } = slot
    const { endpoint } = connection
    const { locale, maxConnections } = this.#options
    this.#drop(slot)
    if (job.cancellation?.aborted) return this.#interrupt(job, { stage, endpoint, mayBeAccepted })
    const failure = lossOf(stage, cause, mayBeAccepted, endpoint, locale)
    this.#record(job, connection, startedAt, failure)
    if (mayBeAccepted) return this.#fail(job, { failure, delivery: 'unknown', retryable: false }, endpoint)
    if (!job.isReplayable) {
      if (connection.transactions === 1) this.#selector.reportFailure(endpoint, failure)
      return this.#fail(job, { failure, delivery: 'not-accepted', retryable: true }, endpoint)
    }
    const { journey } = job
    // Servers close idle connections as they like: a new one to the same endpoint is due.
    if (connection.transactions > 1 && journey.staleConnections <= Math.min(maxConnections, 100)) {
      journey.staleConnections += 1
      return this.#requeue(job)
    }
    this.#selector.reportFailure(endpoint, failure)
    journey.avoid.push(endpoint)
    this.#requeue(job)
  }

  /** A connection did not open, or the login on it failed. */
  #onOpenFailed({ failure, session, attempts: before }: FailedOpening, opening: Opening): void {
    const { cancellation, job, endpoint, startedAt, avoid, isLoginLost } = opening
    if (cancellation.aborted || job?.isSettled) return
    const { keepsConnections } = this.#options
    const now = this.#clock.now()
    const outcome = session && loginOutcome(failure)
    const attempts = before.filter(({ outcome: became }) => became !== 'used')
    if (session) {
      const attempt = attemptAt(session.endpoint, session.address, startedAt, now, failure)
      attempts.push(attempt)
      this.#options.onAttempt(attempt)
    }
    const retryable = isPassing(failure)
    const reply = failure.replyCode === undefined ? undefined : session?.lastReply
    const failing: Failing = { failure, delivery: 'not-accepted', retryable, attempts, reply }
    if (outcome === 'refused') return this.#onLoginRefused(failing, opening)
    // One more connection than the server wants, or than it can take now: those that are open go on.
    const others = this.#slots.size
    if (!job && others > 0 && (endpoint || outcome === 'deferred')) return this.#limit.lower(others, now)
    if (!session) {
      // Beside the first connection, which goes through the ladder: what that finds counts, and until then no other is opened.
      this.#isDoubted = true
      if (failure.replyCode === 421) this.#limit.lower(Math.max(1, this.#openings.size), now)
      return
    }
    if (outcome === 'lost') {
      this.#selector.reportFailure(session.endpoint, failure)
      // A login without a reply counts as one try with the provider: it is made once more, not thrice.
      if (!isLoginLost) {
        if (job) {
          job.journey.attempts.push(...attempts)
          job.journey.isLoginLost = true
          job.journey.avoid.push(session.endpoint)
          return this.#requeue(job)
        }
        return void this.#openings.open({ avoid: [...avoid, session.endpoint], isLoginLost: true })
      }
    }
    if (outcome === 'deferred' && keepsConnections && isTooFastLogin(failure)) this.#pace.pause(now)
    if (job) return this.#strand(job, failing)
    this.#failWaiting(failing, startedAt)
  }

  /** Everything that uses this login stops, with this one refusal. */
  #onLoginRefused(failing: Failing, { job }: Opening): void {
    const login = job?.submission.login
    if (!login) {
      this.#selector.reportRefusedLogin(failing.failure)
      this.#isLoginProven = false
      this.#openings.abort(({ job: other }) => !other?.submission.login)
    }
    const { attempts, ...rest } = failing
    const isAffected = (other: Job) => isSameLogin(other.submission.login, login)
    const affected = [...this.#waiting(isAffected), ...[...this.#underWay].filter((other) => other.state !== 'sending' && isAffected(other))]
    for (const other of affected) this.#fail(other, { ...rest, attempts: [...other.attempts, ...(attempts ?? [])] })
  }

  /** No rung could be used. */
  #onExhausted(error: NoUsableEndpointError, { job, cancellation, startedAt }: Opening): void {
    if (cancellation.aborted || job?.isSettled) return
    const { journey } = job ?? {}
    if (!job || !journey) return this.#failWaiting(error, startedAt)
    const attempts = [...journey.attempts, ...error.attempts]
    if (journey.avoid.length > 0) this.#options.onExhausted(this.#reports.exhaustion(attempts))
    this.#strand(job, this.#reports.exhausted(attempts, this.#wasReached))
  }

  /** A message for which nothing opened: it rests and tries every endpoint again, for as long as it waits. */
  #strand(job: Job, failing: Failing): void {
    const { endpointTimeout } = this.#options
    const now = this.#clock.now()
    const { journey } = job
    journey.firstFailedAt ??= now
    if (now - journey.firstFailedAt >= endpointTimeout || this.#isClosed) return this.#fail(job, failing)
    journey.avoid = []
    this.#rest(job, journey.backOff.next(this.#clock.random()))
  }

  /** A message that is tried again after a while. */
  #rest(job: Job, ms: number): void {
    job.journey.firstFailedAt ??= this.#clock.now()
    job.state = 'resting'
    this.#underWay.add(job)
    const timer = setTimeout(() => this.#requeue(job), ms)
    job.interrupt = () => clearTimeout(timer)
  }

  /** An exception of a listener, or of a function of the caller's. */
  #onBroken(error: unknown, { job, cancellation, startedAt }: Opening): void {
    if (cancellation.aborted || job?.isSettled) return
    const failing = this.#reports.broken(error as Error)
    if (job) this.#fail(job, failing)
    else for (const other of this.#waiting(({ since }) => since <= startedAt)) this.#fail(other, failing)
  }

  /** The queue was tried for in vain: those whose time is over fail, the others wait for the next attempt. */
  #failWaiting(error: NoUsableEndpointError | Failing, startedAt: number): void {
    const { endpointTimeout } = this.#options
    this.#outage = { error, startedAt }
    this.#failExpired()
    if (this.#waitingCount === 0) return
    if (endpointTimeout > 0) {
      this.#retry ??= setTimeout(() => {
        this.#retry = undefined
        this.#pump()
      }, this.#backOff.next(this.#clock.random()))
    }
  }

  #failExpired(): void {
    if (!this.#outage) return
    const { endpointTimeout } = this.#options
    const { error, startedAt } = this.#outage
    const now = this.#clock.now()
    // What has never worked and does not pass by itself is not waited for.
    const isLasting = !this.#wasReached && !this.#mayPass(error)
    const isExpired = ({ since }: Job) => since <= startedAt && (isLasting || now - Math.max(since, this.#lastOpenAt) >= endpointTimeout)
    for (const job of this.#waiting(isExpired)) {
      this.#fail(job, NoUsableEndpointError.isInstance(error) ? this.#reports.exhausted([...job.attempts, ...error.attempts], this.#wasReached) : { ...error, attempts: [...job.attempts, ...(error.attempts ?? [])] })
    }
    clearTimeout(this.#expiry)
    this.#expiry = undefined
    if (this.#waitingCount === 0 || endpointTimeout === Infinity || endpointTimeout === 0) return
    // Messages that came later have their own attempt first.
    const oldest = Math.min(...[this.#queue.peek(), this.#ready.first, ...this.#reading].map((job) => (job && job.since <= startedAt ? job.since : Infinity)))
    if (oldest === Infinity) return
    const left = Math.max(oldest, this.#lastOpenAt) + endpointTimeout - now
    this.#expiry = setTimeout(() => this.#failExpired(), timerMs(Math.max(left, 1)))
  }

  #mayPass(error: NoUsableEndpointError | Failing): boolean {
    if (!NoUsableEndpointError.isInstance(error)) return error.retryable
    return error.attempts.some(isPassingAttempt)
  }

  /** Whether a connection has opened before. */
  get #wasReached(): boolean {
    return this.#lastOpenAt !== -Infinity
  }

  /** Another endpoint is used from now on. */
  #moveTo(endpoint: Endpoint): void {
    const key = endpointKey(endpoint)
    this.#slots.retire((other) => endpointKey(other) !== key)
    this.#openings.abort(({ endpoint: other }) => other !== undefined && endpointKey(other) !== key)
    this.#pump()
  }

  /** Back into the queue, in its old place. */
  #requeue(job: Job): void {
    if (job.isSettled) return
    this.#underWay.delete(job)
    job.interrupt = undefined
    job.journey.firstFailedAt ??= this.#clock.now()
    // A closed pool finishes the messages that have a connection, and opens no other one.
    if (job.cancellation?.aborted || this.#isForced || (this.#isClosed && this.#options.keepsConnections)) return this.#interrupt(job)
    this.#read(job)
    this.#pump()
  }

  #mayKeep({ connection, isRetired, login }: Slot): boolean {
    const { keepsConnections, maxMessages } = this.#options
    return keepsConnections && !isRetired && !this.#isClosed && login === undefined && connection.transactions < maxMessages
  }

  /** A connection has nothing to do. @param isFresh whether it has carried no message yet, and may carry one in any case */
  #free(slot: Slot, isFresh = false): void {
    const { connection } = slot
    const isWanted = isFresh && this.#waitingCount > 0 && !slot.isRetired
    if (!connection.isUsable || !(isWanted || this.#mayKeep(slot))) {
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

  #record(job: Job, { endpoint, address }: SubmissionConnection, startedAt: number, failure: Failure): void {
    const { onAttempt } = this.#options
    const attempt = attemptAt(endpoint, address, startedAt, this.#clock.now(), failure)
    job.journey.attempts.push(attempt)
    onAttempt(attempt)
  }

  #failUnreadable(job: Job, cause: Error, endpoint?: Endpoint): void {
    this.#fail(job, this.#reports.unreadable(cause, endpoint), endpoint)
  }

  #fail(job: Job, failing: Failing, endpoint?: Endpoint): void {
    this.#forget(job)
    const { attempts } = job
    job.settle({ isAccepted: false, attempts, endpoint, ...failing })
    this.#afterChange()
  }

  /** The caller's signal, the deadline or a forced close. */
  #onAbort(job: Job): void {
    if (job.isSettled) return
    if (job.state === 'sending') return job.interrupt?.()
    job.interrupt?.()
    this.#interrupt(job)
    this.#pump()
  }

  #interrupt(job: Job, at?: Interruption): void {
    this.#fail(job, this.#reports.interrupted(job, at), at?.endpoint ?? job.attempts.at(-1)?.endpoint)
  }

  #forget(job: Job): void {
    if (job.state === 'resting' || job.state === 'opening') job.interrupt?.()
    this.#underWay.delete(job)
    if (this.#reading.delete(job) || this.#ready.remove(job)) return
    if (job.state === 'queued') this.#queue.remove(job)
  }

  get #ordinaryReading(): number {
    let count = 0
    for (const job of this.#reading) if (job.isOrdinary) count += 1
    return count
  }

  get #waitingCount(): number {
    return this.#queue.length + this.#reading.size + this.#ready.length
  }

  /** Removes the messages that have no connection, and returns them in order. */
  #waiting(matches: (job: Job) => boolean = () => true): Job[] {
    const jobs = [...this.#ready.removeAll(matches), ...[...this.#reading].filter(matches), ...this.#queue.removeAll(matches)]
    for (const job of jobs) this.#reading.delete(job)
    // They are out of every list; settling must not look for them again.
    for (const job of jobs) if (job.state === 'queued') job.state = 'ready'
    return jobs
  }

  #wakeAfter(ms: number): void {
    const at = this.#clock.now() + ms
    if (this.#wake && this.#wakeAt <= at) return
    clearTimeout(this.#wake)
    this.#wakeAt = at
    this.#wake = setTimeout(() => {
      this.#wake = undefined
      this.#pump()
    }, timerMs(Math.max(ms, 1)))
  }

  /** What has ended with the last message: openings nobody needs, timers, waiting callers. */
  #afterChange(): void {
    if (this.#isPumping) return
    const isIdle = this.isIdle
    if (isIdle && !this.#wasIdle) this.#options.onIdle()
    this.#wasIdle = isIdle
    if (this.pending > 0) return
    this.#openings.abort()
    clearTimeout(this.#retry)
    clearTimeout(this.#expiry)
    clearTimeout(this.#wake)
    clearInterval(this.#stallCheck)
    this.#retry = this.#expiry = this.#wake = this.#stallCheck = undefined
    const settled = this.#onSettled
    this.#onSettled = []
    for (const resolve of settled) resolve()
  }
}

function isTooFastLogin({ replyCode }: Failure): boolean {
  return replyCode === 454 || replyCode === 421
}
