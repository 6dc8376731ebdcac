import { EventEmitter } from 'node:events'
import { type Clock, systemClock } from '../clock.ts'
import { type Endpoint, endpointKey } from '../endpoint.ts'
import type { Failure } from '../failure/failure.ts'
import type { LoginSettings, SmtpSettings } from '../settings/settings.ts'
import { CLOSED } from '../smtp/bounded.ts'
import { Cancellation, type CancelSignal } from '../smtp/cancellation.ts'
import { withDeadline } from '../smtp/deadline.ts'
import { Session } from '../smtp/session.ts'
import { ignore } from '../smtp/minded.ts'
import type { Attempt } from './attempt.ts'
import { Choice } from './choice.ts'
import { climb } from './climb.ts'
import { diagnoseAttempts } from './diagnosis.ts'
import { KnownLogin } from './known-login.ts'
import { NoUsableEndpointError } from './no-usable-endpoint-error.ts'
import { endpointsFor, type Resolved, resolveOptions } from './options.ts'
import type { RaceOptions, RacePace } from './race.ts'
import { defaultRecheck, Recheck } from './recheck.ts'
import type { ConnectOptions, OpenConnection, Proof, SelectorEvents, SelectorOptions, SelectorState } from './selector-state.ts'
import { untilAborted } from './until-aborted.ts'

/** How many times longer the remembered endpoint has the field to itself: with 250 ms, until a lost SYN is sent again. */
const HEAD_START = 4

/**
 * Keeps a choice of endpoint and hands out connections to it. The first caller's race decides for everyone; on a lower
 * rung the better ones are looked at again in the background, and nothing waits for that.
 *
 * @throws SettingsError when the settings leave nothing to try
 * @example
 * const selector = createEndpointSelector(settings)
 * selector.on('fallback', ({ endpoint }) => log.warn(`mail goes over ${endpoint.port} now`))
 * const { socket } = await selector.connect()
 */
export function createEndpointSelector(settings: SmtpSettings, options: SelectorOptions = {}): EndpointSelector {
  return new EndpointSelector(settings, options)
}

/** How one session is opened at one endpoint. */
export interface OpenSessionAtOptions {
  /** Aborts the opening. */
  readonly signal?: CancelSignal | undefined
  /** Milliseconds the opening may take. Default: the selector's deadline. */
  readonly deadline?: number | undefined
  /** The login of a message that brings its own, in place of that of the settings. */
  readonly auth?: LoginSettings | undefined
}

/** How a session for one message is opened. */
export interface OpenSessionOptions extends OpenSessionAtOptions {
  /** Endpoints that are not used: those at which this message has just failed. */
  readonly avoid?: readonly Endpoint[] | undefined
  /** Wait until the endpoint for all traffic is chosen, in place of the first one that qualifies. @default false */
  readonly waitForChoice?: boolean | undefined
}

/** A session for one message, and everything that was tried for it. */
export interface OpenedSession {
  readonly session: Session
  readonly attempts: readonly Attempt[]
}

/** See `createEndpointSelector`. */
export class EndpointSelector extends EventEmitter<SelectorEvents> {
  /** What it was made from. */
  readonly settings: SmtpSettings
  readonly #options: SelectorOptions
  readonly #resolved: Resolved
  readonly #choice: Choice
  readonly #clock: Clock
  readonly #recheck: Recheck
  readonly #closed = new Cancellation()
  /**
   * What a pool adds to the options of every session.
   *
   * @internal
   */
  sessionHooks: Pick<RaceOptions, 'transcript' | 'onSecret'> = {}
  #proof: Proof | undefined
  readonly #login: KnownLogin
  /** The race that decides for everyone; resolves with why nobody could win it. */
  #deciding: Promise<NoUsableEndpointError | undefined> | undefined

  /** Use `createEndpointSelector`. */
  constructor(settings: SmtpSettings, options: SelectorOptions) {
    super()
    this.settings = settings
    this.#options = options
    this.#resolved = resolveOptions(settings, options)
    this.#clock = options.clock ?? systemClock
    this.#choice = new Choice(endpointsFor(settings), this.#clock)
    this.#login = new KnownLogin(settings.auth, this.#clock)
    this.#recheck = new Recheck(this.#clock, { ...defaultRecheck, ...options.recheck }, () => this.#lookAbove())
  }

  /** The endpoint that is used, once one has been found. */
  get endpoint(): Endpoint | undefined {
    return this.#choice.endpoint
  }

  /** Where things stand. Makes no connection. */
  state(): SelectorState {
    const { dueAt } = this.#recheck
    return {
      ...this.#choice.state,
      ...(this.#proof && { proof: this.#proof }),
      ...(dueAt !== undefined && { nextCheckAt: new Date(dueAt) }),
    }
  }

  /**
   * Opens a connection to the remembered endpoint, or to the best other one that works.
   *
   * @throws NoUsableEndpointError
   */
  async connect(options: ConnectOptions = {}): Promise<OpenConnection> {
    const { signal, end } = withDeadline(options.deadline ?? this.#resolved.deadline, options.signal)
    try {
      for (let other = this.#othersDecide(signal); other; other = this.#othersDecide(signal)) {
        const error = await untilAborted(other, signal)
        if (error) throw error
      }
      const opening = this.#open(signal, options.avoid)
      if (!this.endpoint) this.#decideWith(opening, signal, options.avoid)
      return await opening
    } finally {
      end()
    }
  }

  /**
   * Settles on an endpoint without a connection of one's own: for a pool, which opens its connections itself.
   *
   * @returns the endpoint, and the connection too where this call was the one that decided the race
   * @throws NoUsableEndpointError
   */
  async choose(options: ConnectOptions = {}): Promise<{ readonly endpoint: Endpoint; readonly connection?: OpenConnection }> {
    const settled = this.#settledOn(options.avoid)
    if (settled) return settled
    // Thousands of messages may wait here: without a deadline of their own they wait as long as who decides for them.
    const { signal, end } = options.deadline === undefined ? { ...options, end: ignore } : withDeadline(options.deadline, options.signal)
    try {
      for (let other = this.#othersDecide(signal); other; other = this.#othersDecide(signal)) {
        const error = await untilAborted(other, signal)
        if (error) throw error
      }
      const decided = this.#settledOn(options.avoid)
      if (decided) return decided
      const connection = await this.connect({ ...options, signal })
      return { endpoint: connection.endpoint, connection }
    } finally {
      end()
    }
  }

  /**
   * Examines the ladder as a send would go through it, without sending, and remembers the outcome. The login is made
   * once: after it was accepted it is not made again, and one that was refused is not tried again for an hour, or for
   * five minutes where a function gives the access token.
   *
   * @throws NoUsableEndpointError
   */
  async examine(options: ConnectOptions = {}): Promise<Endpoint> {
    const { isDue: login, refusal } = this.#login
    if (refusal) throw refusal
    const { signal, end } = withDeadline(options.deadline ?? this.#resolved.deadline, options.signal)
    try {
      const { session } = await this.#climb(signal, options.avoid, (session) => session.prove(login))
      session.quit()
      this.#proof = { endpoint: session.endpoint, at: new Date(this.#clock.now()), by: 'probe' }
      if (login) this.#login.accepted()
      return session.endpoint
    } catch (error) {
      if (NoUsableEndpointError.isInstance(error) && error.diagnosis.code === 'auth-rejected') this.#login.refused(error)
      throw error
    } finally {
      end()
    }
  }

  /**
   * Opens a session for one message: under TLS, EHLO sent, the login offered but not made. The signal and the deadline are
   * for the opening alone; `logIn` takes a signal of its own.
   *
   * @throws NoUsableEndpointError
   * @internal
   */
  async openSession(options: OpenSessionOptions = {}): Promise<OpenedSession> {
    const { signal, end } = withDeadline(options.deadline ?? this.#resolved.deadline, options.signal)
    try {
      for (let other = this.#othersDecide(signal); other; other = this.#othersDecide(signal)) {
        const error = await untilAborted(other, signal)
        if (error) throw error
      }
      const opening = this.#climb(signal, options.avoid, (session) => session.prove(false), options.auth)
      if (!this.endpoint) this.#decideWith(opening, signal, options.avoid)
      const opened = await opening
      opened.session.detach()
      return opened
    } finally {
      end()
    }
  }

  /**
   * Opens one more session to one endpoint, as far as `openSession` does. No other endpoint is tried, and the choice stays
   * as it is.
   *
   * @throws SessionFailed
   * @internal
   */
  async openSessionAt(endpoint: Endpoint, options: OpenSessionAtOptions = {}): Promise<Session> {
    const { signal, end } = withDeadline(options.deadline ?? this.#resolved.deadline, options.signal)
    try {
      const session = new Session(endpoint, this.#session(signal, options.auth))
      await session.greet()
      await session.secure()
      await session.prove(false)
      session.detach()
      return session
    } finally {
      end()
    }
  }

  /**
   * The endpoint for further connections.
   *
   * @internal
   */
  get usable(): Endpoint | undefined {
    return this.#choice.endpoint
  }

  /**
   * Tells the selector that a message was accepted: the best proof there is that endpoint and login work.
   *
   * @param login whether it went out under the login of the settings, and not under one of its own
   */
  reportDelivery(endpoint: Endpoint, login = true): void {
    this.#proof = { endpoint, at: new Date(this.#clock.now()), by: 'traffic' }
    if (login) this.#login.accepted()
  }

  /** Tells the selector that an endpoint failed after it had been handed out. */
  reportFailure(endpoint: Endpoint, failure: Failure): void {
    this.#choice.fail(endpoint, failure)
    if (failure.code === 'auth-rejected') this.#login.refused(new NoUsableEndpointError([], failure))
  }

  /**
   * Tells the selector that the server refused the login of the settings. The endpoint works.
   *
   * @internal
   */
  reportRefusedLogin(failure: Failure): void {
    this.#login.refused(new NoUsableEndpointError([], failure))
  }

  /** Ends the background checks. Connections that were handed out live on. */
  close(): void {
    this.#recheck.stop()
    this.#closed.abort(CLOSED)
  }

  /**
   * Those who come while the first choice is being made wait for it, and then go straight there, or fail with it. To be
   * asked again after each wait, in the same turn as what follows: else several would take the next choice upon themselves.
   */
  #othersDecide(signal: CancelSignal | undefined): Promise<NoUsableEndpointError | undefined> | undefined {
    return this.endpoint || signal?.aborted ? undefined : this.#deciding
  }

  /** The endpoint in use, if it will do. */
  #settledOn(avoid: readonly Endpoint[] = []): { readonly endpoint: Endpoint } | undefined {
    const { endpoint } = this
    return endpoint && !avoid.some((one) => endpointKey(one) === endpointKey(endpoint)) ? { endpoint } : undefined
  }

  #decideWith(opening: Promise<unknown>, signal: CancelSignal, avoid: readonly Endpoint[] = []): void {
    const deciding = opening.then(
      () => undefined,
      // A race that was called off, or had not the whole ladder, says nothing for the others.
      (error: unknown) =>
        NoUsableEndpointError.isInstance(error) && avoid.length === 0 && !signal.aborted ? error : undefined,
    )
    this.#deciding = deciding
    void deciding.then(() => {
      if (this.#deciding === deciding) this.#deciding = undefined
    })
  }

  async #open(signal: CancelSignal, avoid: readonly Endpoint[] | undefined): Promise<OpenConnection> {
    const { session, attempts } = await this.#climb(signal, avoid)
    return { endpoint: session.endpoint, socket: session.release(), greeting: session.greeting ?? '', attempts }
  }

  async #climb(
    signal: CancelSignal,
    avoid: readonly Endpoint[] = [],
    test?: (session: Session) => Promise<void>,
    auth?: LoginSettings,
  ): Promise<{ readonly session: Session; readonly attempts: readonly Attempt[] }> {
    const avoided = new Set(avoid.map(endpointKey))
    const endpoints = this.#choice.inOrder.filter((endpoint) => !avoided.has(endpointKey(endpoint)))
    const isStale = this.#choice.watchFailures()
    const { session, attempts } = await climb(endpoints, this.#pace, this.#session(signal, auth), test)
    // It will do for this caller, and is no choice for all.
    if (session && isStale(session)) return { session, attempts }
    this.#choice.rungs.learn(attempts, () => session?.tlsSeen)
    if (session) {
      try {
        this.#choose(session.endpoint, attempts)
      } catch (error) {
        // A listener threw. Whoever asked for the connection gets the error in its place.
        session.release().destroy()
        throw error
      }
      return { session, attempts }
    }
    const error = new NoUsableEndpointError(attempts, diagnoseAttempts(this.settings.host, attempts, this.#options))
    if (avoided.size === 0 && !signal.aborted) this.emit('exhausted', error)
    throw error
  }

  #session(signal: CancelSignal, auth?: LoginSettings): RaceOptions {
    const onStart = (endpoint: Endpoint) => this.emit('trying', endpoint)
    // In a turn of its own, so that a listener's fault does not end the climb.
    const tell = (attempt: Attempt) => queueMicrotask(() => this.emit('attempt', attempt))
    const session = { ...this.#resolved.session(signal), ...this.sessionHooks }
    return { ...session, ...(auth && { settings: { ...session.settings, auth } }), onStart, tell }
  }

  /** What has worked is not given up for a slow moment of this process or the network. */
  get #pace(): RacePace {
    const { timing } = this.#resolved
    return this.endpoint ? { ...timing, headStart: timing.attemptDelay * HEAD_START } : timing
  }

  #choose(endpoint: Endpoint, attempts: readonly Attempt[]): void {
    const { names, change } = this.#choice.take(endpoint, attempts)
    if (this.#choice.above.length > 0 && !this.#closed.aborted) this.#recheck.start()
    else this.#recheck.stop()
    for (const name of names) this.emit(name, change)
  }

  /** Looks whether a better rung works again. A fault in here must never reach the traffic. */
  async #lookAbove(): Promise<void> {
    const { signal, end } = withDeadline(this.#resolved.deadline, this.#closed, true)
    try {
      // A port that takes longer would not win a race either. And a connect without an answer holds the process open.
      const longestWait = this.#resolved.timing.preferenceGrace
      const options = { ...this.#session(signal), background: true, longestWait }
      const isStale = this.#choice.watchFailures()
      const { session, attempts } = await climb(this.#choice.above, this.#resolved.timing, options, (session) => session.prove(false))
      session?.quit()
      if (signal.aborted || isStale(session)) return
      this.#choice.rungs.learn(attempts, () => session?.tlsSeen)
      // Meanwhile traffic may have found its way back by itself, and further up.
      const isBetter = session && this.#choice.above.some((rung) => endpointKey(rung) === endpointKey(session.endpoint))
      if (isBetter) this.#choose(session.endpoint, attempts)
    } catch {
      // Nobody waits for this check, and the next one comes.
    } finally {
      end()
    }
  }
}
