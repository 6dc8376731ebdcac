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
import type { Attempt } from './attempt.ts'
import { type CheckOwner, checkInTurn } from './background-checks.ts'
import type { Choice } from './choice.ts'
import { climb } from './climb.ts'
import { diagnoseAttempts } from './diagnosis.ts'
import type { KnownLogin } from './known-login.ts'
import { NoUsableEndpointError } from './no-usable-endpoint-error.ts'
import { endpointsFor, type Resolved, resolveOptions, withDefaults } from './options.ts'
import type { RaceOptions, RacePace } from './race.ts'
import type { RungOptions } from './rung-attempt.ts'
import { type Check, defaultRecheck, Recheck } from './recheck.ts'
import { SelectorMemory } from './selector-memory.ts'
import type { LastSuccess, SelectorEvents, SelectorOptions, SelectorState } from './selector-state.ts'

/** How many times longer the remembered endpoint is tried alone: with 250 ms, until a lost SYN is sent again. */
const HEAD_START = 4

/** What is remembered of the moment at which the opening of a connection began. */
export interface Opening {
  readonly signal: CancelSignal
  readonly avoid: readonly Endpoint[]
  /** The login of one message, where it is not that of the settings. */
  readonly ownLogin: LoginSettings | undefined
  /** The endpoint in use then. */
  readonly current: Endpoint | undefined
  /** Whether an endpoint has failed traffic since. */
  readonly isStale: (endpoint: Endpoint) => boolean
}

/** What a pool adds to the options of every session. */
export type SessionHooks = Pick<SessionOptions, 'transcript' | 'onSecret'>

/** What a selector knows, and how it learns. Created with the first use: an idle selector is small. */
export class SelectorCore implements CheckOwner {
  readonly settings: SmtpSettings
  readonly options: SelectorOptions
  readonly memory: SelectorMemory
  readonly choice: Choice
  readonly login: KnownLogin
  readonly clock: Clock
  /** The opening that chooses for all callers; resolves with the error where no endpoint works. */
  deciding: Promise<NoUsableEndpointError | undefined> | undefined
  readonly #events: EventEmitter<SelectorEvents>
  readonly #hooks: SessionHooks | undefined
  readonly #resolved: Resolved
  readonly #recheck: Recheck
  readonly #closed = new Cancellation()
  /** How many calls and checks have not ended yet. */
  #underWay = 0

  /**
   * @param events where the events of the selector are emitted
   * @param memory what another selector with these settings has learnt
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

  /** Whether nothing is under way, and nothing is planned. */
  get isAtRest(): boolean {
    return this.#underWay === 0 && !this.deciding && this.#recheck.isAtRest && !this.isClosed
  }

  /** @param by what showed that the endpoint works */
  recordSuccess(endpoint: Endpoint, by: LastSuccess['by']): void {
    this.memory.lastSuccess = { endpoint, at: this.clock.now(), by }
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

  /** What has worked is not given up for a slow moment of this process or the network. */
  get pace(): RacePace {
    const { timing } = this.#resolved
    return this.choice.endpoint ? { ...timing, headStart: timing.attemptDelay * HEAD_START } : timing
  }

  /** How connections are opened, with events for each. */
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

  /** The same for one rung by itself. */
  rungOptions({ session, qualify, addressOrder }: RaceOptions): RungOptions {
    const { attemptDelay, preferenceGrace } = this.#resolved.timing
    return { session, qualify, addressOrder, addressDelay: attemptDelay, addressGrace: preferenceGrace }
  }

  beginOpening(signal: CancelSignal, avoid: readonly Endpoint[] = [], auth?: LoginSettings): Opening {
    const ownLogin = auth === this.settings.auth ? undefined : auth
    return { signal, avoid, ownLogin, current: this.choice.endpoint, isStale: this.choice.watchFailures() }
  }

  /** The rungs that an opening may use, in the order in which they are tried. */
  endpointsFor({ avoid }: Pick<Opening, 'avoid'>): readonly Endpoint[] {
    return avoid.length === 0 ? this.choice.inOrder : this.choice.inOrder.filter((endpoint) => !includes(avoid, endpoint))
  }

  /**
   * Learns from a finished opening, and chooses its endpoint where it says something about all traffic.
   *
   * @param session what was opened, if anything was
   * @returns why nothing was opened
   * @throws an exception of a listener
   */
  conclude(opening: Opening, session: Session | undefined, attempts: readonly Attempt[]): NoUsableEndpointError | undefined {
    const { ownLogin, isStale, avoid, current } = opening
    if (session && isStale(session.endpoint)) return undefined
    // That one message's login is not offered says nothing about the others.
    const meaningful = ownLogin ? attempts.filter(({ failure }) => failure?.stage !== 'auth') : attempts
    const isForAll = meaningful.length === attempts.length
    this.choice.rungs.learn(meaningful, session?.observedTls)
    if (session) {
      const now = this.choice.endpoint
      // The endpoint in use was left out, or another one was chosen while this opening only confirmed what was in use.
      const isPassedBy = now !== undefined && (includes(avoid, now) || (now !== current && session.endpoint === current))
      if (isForAll && !isPassedBy) this.#choose(session.endpoint, attempts)
      return undefined
    }
    const error = this.errorFor(attempts)
    if (isForAll && avoid.length === 0 && !opening.signal.aborted) {
      if (this.choice.endpoint === current) this.choice.forget()
      this.#events.emit('exhausted', error)
    }
    return error
  }

  errorFor(attempts: readonly Attempt[]): NoUsableEndpointError {
    return new NoUsableEndpointError(attempts, diagnoseAttempts(this.settings.host, attempts, this.options))
  }

  /** Callers that come while another one chooses for all wait for it. */
  decideWith(deciding: Promise<NoUsableEndpointError | undefined>): void {
    this.deciding = deciding
    void deciding.then(() => {
      if (this.deciding === deciding) this.deciding = undefined
    })
  }

  /** An endpoint failed after it had been handed out. */
  fail(endpoint: Endpoint, failure: Failure): void {
    this.choice.fail(endpoint, failure)
    if (failure.code === 'auth-rejected') this.login.refused(new NoUsableEndpointError([], failure))
  }

  /** The better rungs that a check would try. */
  get checkable(): readonly Endpoint[] {
    return this.isClosed || this.choice.isBest ? [] : this.choice.above
  }

  /** Checks whether a better rung works again, when it is this selector's turn. */
  async checkInTurn(): Promise<void> {
    await checkInTurn(new WeakRef(this))
  }

  /** See `checkInTurn`. */
  async checkAbove(): Promise<boolean> {
    const { timing, deadline } = this.#resolved
    const { signal, end } = this.#bounded(deadline, this.#closed, true)
    try {
      // A port that takes longer would not win a race either. And a connect without an answer keeps the process running.
      const options = this.raceOptions(signal, offersLogin, undefined, { background: true, longestWait: timing.preferenceGrace })
      const isStale = this.choice.watchFailures()
      const { session, attempts } = await climb(this.choice.above, timing, options)
      session?.quit()
      if (signal.aborted || (session && isStale(session.endpoint))) return false
      this.choice.rungs.learn(attempts, session?.observedTls)
      // Meanwhile traffic may have found its way back by itself, and further up.
      if (session && includes(this.choice.above, session.endpoint)) this.#choose(session.endpoint, attempts)
      return session !== undefined
    } catch {
      // A fault of a listener, say. No caller waits for this check, and the next one comes.
      return false
    } finally {
      end()
    }
  }

  /** An exception of a listener does not end the race: it is thrown outside. */
  #emitAttempt(attempt: Attempt): void {
    try {
      this.#events.emit('attempt', attempt)
    } catch (error) {
      queueMicrotask(() => {
        throw error
      })
    }
  }

  #choose(endpoint: Endpoint, attempts: readonly Attempt[]): void {
    const { names, change } = this.choice.take(endpoint, attempts)
    if (this.choice.isBest || this.isClosed) this.#recheck.stop()
    else this.#recheck.start()
    for (const name of names) this.#events.emit(name, change)
  }
}

/** Without the reason that a planned endpoint has: its getter takes more memory than the rest. */
function ladderFor(settings: SmtpSettings): readonly Endpoint[] {
  return endpointsFor(settings).map(({ host, port, security }) => ({ host, port, security }))
}

/** Whether the server offers a login that could be made; nothing of it is sent. */
export async function offersLogin(session: Session): Promise<void> {
  await session.hello()
  await session.checkLogin()
}

/** The check of a timer, which must not keep the selector alive. */
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
