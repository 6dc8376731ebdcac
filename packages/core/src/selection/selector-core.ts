import type { EventEmitter } from 'node:events'
import { type Clock, systemClock } from '../clock.ts'
import { type Endpoint, isSameEndpoint } from '../endpoint.ts'
import type { Failure } from '../failure/failure.ts'
import { assertPositive } from '../settings/assert-positive.ts'
import type { LoginSettings, SmtpSettings } from '../settings/settings.ts'
import { CLOSED } from '../smtp/bounded.ts'
import { Cancellation, type CancelSignal } from '../smtp/cancellation.ts'
import { withDeadline } from '../smtp/deadline.ts'
import type { Session } from '../smtp/session.ts'
import type { SessionOptions } from '../smtp/session-options.ts'
import { throwAsync } from '../throw-async.ts'
import type { Attempt } from './attempt.ts'
import { type CheckOwner, checkInTurn } from './background-checks.ts'
import type { Choice } from './choice.ts'
import { climb } from './climb.ts'
import { diagnoseAttempts } from './diagnosis.ts'
import type { KnownLogin } from './known-login.ts'
import { LoginTurns } from './login-turns.ts'
import { NoUsableEndpointError } from './no-usable-endpoint-error.ts'
import { endpointsFor, type Resolved, resolveOptions, withDefaults } from './options.ts'
import type { RaceOptions, RacePace } from './race.ts'
import type { RungOptions } from './rung-attempt.ts'
import { type Check, defaultRecheck, Recheck } from './recheck.ts'
import { SelectorMemory } from './selector-memory.ts'
import type { LastSuccess, SelectorEvents, SelectorOptions, SelectorState } from './selector-state.ts'

/** The factor for the time in which the remembered endpoint is tried alone. With 250 ms, a lost SYN is retransmitted by then. */
const HEAD_START = 4

/** The state at the time when the opening of a connection started. */
export interface Opening {
  readonly signal: CancelSignal
  readonly avoid: readonly Endpoint[]
  /** The login of a single message, if it differs from the settings. */
  readonly ownLogin: LoginSettings | undefined
  /** The endpoint in use at that time. */
  readonly current: Endpoint | undefined
  /** Whether an endpoint has failed traffic since. */
  readonly isStale: (endpoint: Endpoint) => boolean
}

/** Options that a pool adds to every session. */
export type SessionHooks = Pick<SessionOptions, 'transcript' | 'onSecret' | 'sender'>

/** The working part of a selector. Created on first use, to keep unused selectors small. */
export class SelectorCore implements CheckOwner {
  readonly settings: SmtpSettings
  readonly options: SelectorOptions
  readonly memory: SelectorMemory
  readonly choice: Choice
  readonly login: KnownLogin
  /** The logins in progress, of checks and of messages. */
  readonly loginTurns = new LoginTurns()
  readonly clock: Clock
  /** The opening that selects the endpoint for all callers. Resolves with the error if no endpoint works. */
  deciding: Promise<NoUsableEndpointError | undefined> | undefined
  readonly #events: EventEmitter<SelectorEvents>
  readonly #hooks: SessionHooks | undefined
  readonly #resolved: Resolved
  readonly #recheck: Recheck
  readonly #closed = new Cancellation()
  /** The number of calls and checks in progress. */
  #underWay = 0

  /**
   * @param events the emitter of the selector's events
   * @param memory what an earlier selector with the same settings has learnt
   */
  constructor(settings: SmtpSettings, options: SelectorOptions, events: EventEmitter<SelectorEvents>, hooks?: SessionHooks, memory?: SelectorMemory) {
    const { clock = systemClock } = options
    const timing = withDefaults(defaultRecheck, options.recheck)
    this.settings = settings
    this.options = options
    this.clock = clock
    this.#events = events
    this.#hooks = hooks
    this.#resolved = resolveOptions(settings, options)
    this.memory = memory ?? new SelectorMemory(ladderFor(settings), settings.auth, clock, timing)
    this.choice = this.memory.choice
    this.login = this.memory.login
    this.#recheck = new Recheck(clock, timing, weakCheck(new WeakRef(this)))
  }

  get state(): SelectorState {
    const { dueAt } = this.#recheck
    return { ...this.memory.state, ...(dueAt !== undefined && { nextCheckAt: new Date(dueAt) }) }
  }

  /** Whether nothing is in progress or scheduled. */
  get isAtRest(): boolean {
    return this.#underWay === 0 && !this.deciding && this.#recheck.isAtRest && !this.isClosed
  }

  /** @param by how the endpoint was seen to work */
  recordSuccess(endpoint: Endpoint, by: LastSuccess['by']): void {
    this.memory.lastSuccess = { endpoint, at: this.clock.now(), by }
    this.memory.exhausted = undefined
  }

  get isClosed(): boolean {
    return this.#closed.aborted
  }

  /** Ends the background checks. */
  close(): void {
    this.#recheck.stop()
    this.#closed.abort(CLOSED)
  }

  /** The caller's signal and deadline, or the selector's. @throws SettingsError */
  bounds(options: { readonly signal?: CancelSignal | undefined; readonly deadline?: number | undefined }): ReturnType<typeof withDeadline> {
    assertPositive({ deadline: options.deadline })
    return this.#bounded(options.deadline ?? this.#resolved.deadline, options.signal)
  }

  #bounded(deadline: number, parent: CancelSignal | undefined, background = false): ReturnType<typeof withDeadline> {
    const { signal, end } = withDeadline(deadline, parent, background)
    this.#underWay += 1
    return {
      signal,
      end: () => {
        this.#underWay -= 1
        end()
      },
    }
  }

  /** An endpoint that has worked gets more time, so that a short delay of the process or the network causes no fallback. */
  get pace(): RacePace {
    const { timing } = this.#resolved
    return this.choice.endpoint ? { ...timing, headStart: timing.attemptDelay * HEAD_START } : timing
  }

  /** The options for opening connections, with callbacks that emit events. */
  raceOptions(
    signal: CancelSignal,
    qualify: RaceOptions['qualify'],
    ownLogin?: LoginSettings,
    more?: Pick<SessionOptions, 'background' | 'longestWait'>,
  ): RaceOptions {
    const session = { ...this.#resolved.session(signal), ...this.#hooks, ...more }
    return {
      session: ownLogin ? { ...session, settings: { ...session.settings, auth: ownLogin } } : session,
      qualify,
      addressOrder: this.memory.addressOrder,
      onStart: (endpoint) => this.#events.emit('connecting', endpoint),
      onAttempt: (attempt) => this.#emitAttempt(attempt),
    }
  }

  /** The same for a single rung. */
  rungOptions({ session, qualify, addressOrder }: RaceOptions): RungOptions {
    const { attemptDelay, preferenceGrace } = this.#resolved.timing
    return { session, qualify, addressOrder, addressDelay: attemptDelay, addressGrace: preferenceGrace }
  }

  beginOpening(signal: CancelSignal, avoid: readonly Endpoint[] = [], auth?: LoginSettings): Opening {
    const ownLogin = auth === this.settings.auth ? undefined : auth
    return { signal, avoid, ownLogin, current: this.choice.endpoint, isStale: this.choice.watchFailures() }
  }

  /** The rungs for an opening, in the order in which they are tried. */
  endpointsFor({ avoid }: Pick<Opening, 'avoid'>): readonly Endpoint[] {
    return avoid.length === 0 ? this.choice.inOrder : this.choice.inOrder.filter((endpoint) => !includes(avoid, endpoint))
  }

  /**
   * Records the result of an opening, and selects its endpoint if the result is valid for all traffic.
   *
   * @param session the opened session, if any
   * @returns the error if nothing was opened
   * @throws an exception of a listener
   */
  conclude(opening: Opening, session: Session | undefined, attempts: readonly Attempt[]): NoUsableEndpointError | undefined {
    const { ownLogin, isStale, avoid, current } = opening
    if (session && isStale(session.endpoint)) return undefined
    // If the login of a single message is not offered, other messages are not affected.
    const meaningful = ownLogin ? attempts.filter(({ failure }) => failure?.stage !== 'auth') : attempts
    const isForAll = meaningful.length === attempts.length
    this.choice.rungs.learn(meaningful, session?.observedTls)
    if (session) {
      const now = this.choice.endpoint
      // The opening avoided the endpoint in use, or another one was selected while this opening confirmed the previous one.
      const isPassedBy = now !== undefined && (includes(avoid, now) || (now !== current && session.endpoint === current))
      if (isForAll && !isPassedBy) this.#choose(session.endpoint, attempts)
      return undefined
    }
    const error = this.errorFor(attempts)
    if (isForAll && avoid.length === 0 && !opening.signal.aborted) {
      // A limit is no reason to leave the port.
      if (this.choice.endpoint === current && error.diagnosis.code !== 'rate-limited') this.choice.forget()
      this.memory.exhausted = { at: new Date(this.clock.now()), diagnosis: error.diagnosis }
      this.#events.emit('exhausted', error)
    }
    return error
  }

  errorFor(attempts: readonly Attempt[]): NoUsableEndpointError {
    return new NoUsableEndpointError(attempts, diagnoseAttempts(this.settings.host, attempts, this.options))
  }

  /** Makes later callers wait for the opening that selects the endpoint. */
  decideWith(deciding: Promise<NoUsableEndpointError | undefined>): void {
    this.deciding = deciding
    void deciding.then(() => {
      if (this.deciding === deciding) this.deciding = undefined
    })
  }

  /** An endpoint failed after it was returned. */
  fail(endpoint: Endpoint, failure: Failure): void {
    this.choice.fail(endpoint, failure)
    if (failure.code === 'auth-rejected') this.login.refused(new NoUsableEndpointError([], failure))
  }

  /** The better rungs that a check would try. */
  get checkable(): readonly Endpoint[] {
    return this.isClosed || this.choice.isBest ? [] : this.choice.above
  }

  /** Checks whether a better rung works again; one check at a time per host and login. */
  async checkInTurn(): Promise<void> {
    await checkInTurn(new WeakRef(this))
  }

  /** See `checkInTurn`. */
  async checkAbove(): Promise<boolean> {
    const { timing, deadline } = this.#resolved
    const { signal, end } = this.#bounded(deadline, this.#closed, true)
    try {
      // A slower port would not win a race either, and a pending connect keeps the process running.
      const options = this.raceOptions(signal, offersLogin, undefined, { background: true, longestWait: timing.preferenceGrace })
      const isStale = this.choice.watchFailures()
      const { session, attempts } = await climb(this.choice.above, timing, options)
      session?.quit()
      if (signal.aborted || (session && isStale(session.endpoint))) return false
      this.choice.rungs.learn(attempts, session?.observedTls)
      // Meanwhile traffic may have returned to this rung or a better one.
      if (session && includes(this.choice.above, session.endpoint)) this.#chooseInBackground(session.endpoint, attempts)
      return session !== undefined
    } catch {
      // The caller's `dial` has thrown. The next connection that a caller waits for reports it.
      return false
    } finally {
      end()
    }
  }

  /** Throws exceptions of listeners asynchronously, so that they do not end the race. */
  #emitAttempt(attempt: Attempt): void {
    try {
      this.#events.emit('attempt', attempt)
    } catch (error) {
      throwAsync(error)
    }
  }

  /** No caller waits, so an exception of a listener is thrown outside. */
  #chooseInBackground(endpoint: Endpoint, attempts: readonly Attempt[]): void {
    try {
      this.#choose(endpoint, attempts)
    } catch (error) {
      throwAsync(error)
    }
  }

  #choose(endpoint: Endpoint, attempts: readonly Attempt[]): void {
    const { names, change } = this.choice.take(endpoint, attempts)
    this.memory.exhausted = undefined
    if (this.choice.isBest || this.isClosed) this.#recheck.stop()
    else this.#recheck.start()
    for (const name of names) this.#events.emit(name, change)
  }
}

/** Without the `reason` of planned endpoints, because the getter takes more memory than the rest. */
function ladderFor(settings: SmtpSettings): readonly Endpoint[] {
  return endpointsFor(settings).map(({ host, port, security }) => ({ host, port, security }))
}

/** Throws if the server does not offer a suitable login. Sends no credentials. */
export async function offersLogin(session: Session): Promise<void> {
  await session.hello()
  await session.checkLogin()
}

/** The check for a timer, which must not keep the selector in memory. */
function weakCheck(weak: WeakRef<SelectorCore>): Check {
  return () => {
    const core = weak.deref()
    if (!core) return undefined
    return core.checkable.length > 0 ? checkInTurn(weak) : Promise.resolve(core.choice.untilCheckable)
  }
}

function includes(endpoints: readonly Endpoint[], endpoint: Endpoint): boolean {
  return endpoints.some((one) => isSameEndpoint(one, endpoint))
}
