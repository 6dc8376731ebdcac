import { EventEmitter } from 'node:events'
import { type Endpoint, isSameEndpoint } from '../endpoint.ts'
import type { Failure } from '../failure/failure.ts'
import type { SmtpSettings } from '../settings/settings.ts'
import type { CancelSignal } from '../smtp/cancellation.ts'
import { readSenderCheck, type SenderAndRecipient } from '../smtp/sender-check.ts'
import type { Session } from '../smtp/session.ts'
import { SessionFailed } from '../smtp/session-failed.ts'
import { type Attempt, attemptOf } from './attempt.ts'
import { climb, type Climb } from './climb.ts'
import { LoginTest } from './login-test.ts'
import type { LoginTurns } from './login-turns.ts'
import { expectSelectable } from './options.ts'
import { NoUsableEndpointError } from './no-usable-endpoint-error.ts'
import { offersLogin, type Opening, SelectorCore, type SessionHooks } from './selector-core.ts'
import type { SelectorMemory } from './selector-memory.ts'
import type { ConnectOptions, ExamineOptions, OpenConnection, SelectorEvents, SelectorOptions, SelectorState } from './selector-state.ts'
import { type OpenedSession, type OpenSessionAtOptions, type OpenSessionOptions, SessionOpener } from './session-opener.ts'
import { untilAborted } from './until-aborted.ts'

/**
 * Selects an endpoint, keeps it, and opens connections to it. The first race selects the endpoint for all callers. While a
 * lower rung is in use, better ones are checked in the background. A selector that is no longer referenced is garbage
 * collected, and its checks end.
 *
 * @throws SettingsError if the settings allow no endpoint
 * @example
 * const selector = createEndpointSelector(settings)
 * selector.on('fallback', ({ endpoint }) => log.warn(`mail goes over ${endpoint.port} now`))
 * const { socket } = await selector.connect()
 */
export function createEndpointSelector(settings: SmtpSettings, options: SelectorOptions = {}): EndpointSelector {
  return new EndpointSelector(settings, options)
}

/** See `createEndpointSelector`. */
export class EndpointSelector extends EventEmitter<SelectorEvents> {
  /** The settings. */
  readonly settings: SmtpSettings
  readonly #options: SelectorOptions
  /**
   * Options that a pool adds to every session. Must be set before the first use.
   *
   * @internal
   */
  sessionHooks: SessionHooks | undefined
  #given: SelectorMemory | undefined
  /** Created on first use. */
  #knownCore: SelectorCore | undefined
  #knownOpener: SessionOpener | undefined

  /** Use `createEndpointSelector`. */
  constructor(settings: SmtpSettings, options: SelectorOptions) {
    super()
    this.settings = settings
    this.#options = options
    expectSelectable(settings, options)
  }

  /** The endpoint in use, once one was selected. */
  get endpoint(): Endpoint | undefined {
    return (this.#knownCore?.memory ?? this.#given)?.endpoint
  }

  /** The current state. Makes no connection. */
  state(): SelectorState {
    return this.#core.state
  }

  /**
   * Opens a connection to the selected endpoint, or to the best other one that works.
   *
   * @throws NoUsableEndpointError
   */
  async connect(options: ConnectOptions = {}): Promise<OpenConnection> {
    const core = this.#core
    const { signal, end } = core.bounds(options)
    try {
      for (let other = this.#othersDecide(signal); other; other = this.#othersDecide(signal)) {
        const error = await untilAborted(other, signal)
        if (error) throw error
      }
      const opening = this.#connect(core.beginOpening(signal, options.avoid))
      if (!core.choice.endpoint) core.decideWith(verdictOf(opening, signal, options.avoid))
      return await opening
    } finally {
      end()
    }
  }

  /**
   * Selects an endpoint without opening a connection if one is already selected. For pools that open connections themselves.
   *
   * @returns the endpoint, and a connection if this call has selected it
   * @throws NoUsableEndpointError
   */
  async choose(options: ConnectOptions = {}): Promise<{ readonly endpoint: Endpoint; readonly connection?: OpenConnection }> {
    const core = this.#core
    const { avoid = [], deadline } = options
    const chosen = (): { readonly endpoint: Endpoint } | undefined => {
      const { endpoint } = core.choice
      return endpoint && !avoid.some((one) => isSameEndpoint(one, endpoint)) ? { endpoint } : undefined
    }
    const known = chosen()
    if (known) return known
    // Thousands of messages may wait here. Without a deadline of their own, they need no timer: the choosing caller has one.
    const { signal, end } = deadline === undefined ? { ...options, end: undefined } : core.bounds(options)
    try {
      for (let other = this.#othersDecide(signal); other; other = this.#othersDecide(signal)) {
        const error = await untilAborted(other, signal)
        if (error) throw error
      }
      const decided = chosen()
      if (decided) return decided
      const connection = await this.connect({ ...options, signal })
      return { endpoint: connection.endpoint, connection }
    } finally {
      end?.()
    }
  }

  /**
   * Goes through the ladder like a send, without sending, and remembers the outcome. While a lower rung is in use, better
   * ones are checked as well. An accepted login is not repeated, unless a sender is checked. A refused one is not repeated for
   * an hour, or for five minutes if a function returns the access token.
   *
   * @throws NoUsableEndpointError; after a refused sender, the endpoint stays selected
   * @throws SettingsError for an invalid `checkSender`
   */
  async examine(options: ExamineOptions = {}): Promise<Endpoint> {
    const sender = options.checkSender === undefined ? undefined : readSenderCheck(options.checkSender)
    const core = this.#core
    const { refusal } = core.login
    const isDue = core.login.isDue || sender !== undefined
    if (refusal) throw refusal
    const { signal, end } = core.bounds(options)
    const login = isDue ? new LoginTest(core, signal) : undefined
    try {
      const checking = core.choice.endpoint && core.checkable.length > 0 ? core.checkInTurn() : undefined
      const opening = core.beginOpening(signal, options.avoid)
      const climbed = await climb(core.endpointsFor(opening), core.pace, core.raceOptions(signal, offersLogin), login?.run)
      if (climbed.session && checking) await untilAborted(checking, signal)
      const session = this.#conclude(opening, climbed)
      const endpoint = core.choice.endpoint ?? session.endpoint
      core.recordSuccess(endpoint, 'probe')
      if (isDue) core.login.accepted()
      if (sender) await this.#checkSender(session, sender, climbed.attempts)
      session.quit()
      return endpoint
    } catch (error) {
      if (NoUsableEndpointError.isInstance(error) && error.diagnosis.code === 'auth-rejected') core.login.refused(error)
      throw error
    } finally {
      login?.end()
      end()
    }
  }

  /**
   * Opens a session for one message, after TLS and EHLO. A suitable login is offered, but not made yet. Signal and deadline
   * apply only to the opening; `logIn` takes its own signal.
   *
   * @throws NoUsableEndpointError
   * @internal
   */
  async openSession(options: OpenSessionOptions = {}): Promise<OpenedSession> {
    return await this.#opener.open(options)
  }

  /**
   * Opens another session to one endpoint, like `openSession`. No other endpoint is tried, and the selected endpoint does not
   * change.
   *
   * @throws SessionFailed
   * @internal
   */
  async openSessionAt(endpoint: Endpoint, options: OpenSessionAtOptions = {}): Promise<Session> {
    return await this.#opener.openAt(endpoint, options)
  }

  /**
   * The endpoint for further connections: the selected one, or during a race the first one that qualified.
   *
   * @internal
   */
  get usable(): Endpoint | undefined {
    return this.#knownOpener?.usable ?? this.endpoint
  }

  /**
   * Records that a message was accepted, which proves that the endpoint and the login work.
   *
   * @param login whether it was sent with the login of the settings
   */
  reportDelivery(endpoint: Endpoint, login = true): void {
    const core = this.#core
    core.recordSuccess(endpoint, 'traffic')
    core.choice.deliver(endpoint)
    if (login) core.login.accepted()
  }

  /**
   * Records that an endpoint failed after it was returned. It is tried last for `recheck.initial`, which doubles with each
   * consecutive failure.
   */
  reportFailure(endpoint: Endpoint, failure: Failure): void {
    this.#core.fail(endpoint, failure)
  }

  /**
   * The logins in progress, of checks and of messages.
   *
   * @internal
   */
  get loginTurns(): LoginTurns {
    return this.#core.loginTurns
  }

  /**
   * Records that the login of the settings was refused or has no secret. The endpoint itself works.
   *
   * @internal
   */
  reportRefusedLogin(failure: Failure): void {
    this.#core.login.refused(new NoUsableEndpointError([], failure))
  }

  /** Ends the background checks. Connections of callers stay open. */
  close(): void {
    this.#core.close()
    this.#knownOpener?.close()
  }

  /**
   * What the selector has learnt, for a later selector with the same settings. Undefined before the first use and while
   * anything is in progress. May be set before the first use.
   *
   * @internal
   */
  get memory(): SelectorMemory | undefined {
    const isAtRest = this.#knownCore?.isAtRest && (this.#knownOpener?.isAtRest ?? true)
    return isAtRest ? this.#knownCore?.memory : undefined
  }

  /** @internal */
  set memory(memory: SelectorMemory | undefined) {
    this.#given = memory
  }

  get #core(): SelectorCore {
    return (this.#knownCore ??= new SelectorCore(this.settings, this.#options, this, this.sessionHooks, this.#given))
  }

  get #opener(): SessionOpener {
    return (this.#knownOpener ??= new SessionOpener(this.#core))
  }

  /**
   * The pending selection by another caller. Must be checked again after each wait, synchronously before the next step;
   * otherwise several callers would start one.
   */
  #othersDecide(signal: CancelSignal | undefined): Promise<NoUsableEndpointError | undefined> | undefined {
    return this.endpoint || signal?.aborted ? undefined : this.#core.deciding
  }

  async #connect(opening: Opening): Promise<OpenConnection> {
    const core = this.#core
    const climbed = await climb(core.endpointsFor(opening), core.pace, core.raceOptions(opening.signal, undefined))
    const session = this.#conclude(opening, climbed)
    return { endpoint: session.endpoint, socket: session.release(), greeting: session.greeting ?? '', attempts: climbed.attempts }
  }

  /** Not part of the race: the sender would be refused on every port, and the endpoint works. @throws NoUsableEndpointError */
  async #checkSender(session: Session, sender: SenderAndRecipient, attempts: readonly Attempt[]): Promise<void> {
    try {
      await session.checkSender(sender)
    } catch (error) {
      if (!(error instanceof SessionFailed)) throw error
      const failed = attemptOf(session, 'failed', error.failure)
      throw this.#core.errorFor(attempts.map((attempt) => (attempt.outcome === 'used' ? failed : attempt)))
    }
  }

  /** @throws NoUsableEndpointError, or an exception of a listener; then the session is destroyed */
  #conclude(opening: Opening, { session, attempts }: Climb): Session {
    try {
      const error = this.#core.conclude(opening, session, attempts)
      if (error) throw error
      return session!
    } catch (error) {
      session?.destroy()
      throw error
    }
  }
}

/** The error of a failed selection for waiting callers; undefined if it was aborted or did not try the whole ladder. */
async function verdictOf(
  opening: Promise<unknown>,
  signal: CancelSignal,
  avoid: readonly Endpoint[] = [],
): Promise<NoUsableEndpointError | undefined> {
  try {
    await opening
    return undefined
  } catch (error) {
    return NoUsableEndpointError.isInstance(error) && avoid.length === 0 && !signal.aborted ? error : undefined
  }
}

