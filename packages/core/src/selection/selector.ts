import { EventEmitter } from 'node:events'
import { type Endpoint, isSameEndpoint } from '../endpoint.ts'
import type { Failure } from '../failure/failure.ts'
import type { SmtpSettings } from '../settings/settings.ts'
import type { CancelSignal } from '../smtp/cancellation.ts'
import type { Session } from '../smtp/session.ts'
import { climb, type Climb } from './climb.ts'
import { expectSelectable } from './options.ts'
import { NoUsableEndpointError } from './no-usable-endpoint-error.ts'
import { offersLogin, type Opening, SelectorCore, type SessionHooks } from './selector-core.ts'
import type { SelectorMemory } from './selector-memory.ts'
import type { ConnectOptions, OpenConnection, SelectorEvents, SelectorOptions, SelectorState } from './selector-state.ts'
import { type OpenedSession, type OpenSessionAtOptions, type OpenSessionOptions, SessionOpener } from './session-opener.ts'
import { untilAborted } from './until-aborted.ts'

/**
 * Keeps a choice of endpoint and hands out connections to it. The first race chooses for all callers; on a lower rung
 * the better ones are checked again in the background, and nothing waits for that. A selector that is no longer referenced
 * is garbage collected, and its checks end.
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

/** See `createEndpointSelector`. */
export class EndpointSelector extends EventEmitter<SelectorEvents> {
  /** What it was made from. */
  readonly settings: SmtpSettings
  readonly #options: SelectorOptions
  /**
   * What a pool adds to the options of every session; to be set before the first use.
   *
   * @internal
   */
  sessionHooks: SessionHooks | undefined
  #given: SelectorMemory | undefined
  /** Created with the first use: an idle selector is cheap. */
  #knownCore: SelectorCore | undefined
  #knownOpener: SessionOpener | undefined

  /** Use `createEndpointSelector`. */
  constructor(settings: SmtpSettings, options: SelectorOptions) {
    super()
    this.settings = settings
    this.#options = options
    expectSelectable(settings, options)
  }

  /** The endpoint that is used, once one has been found. */
  get endpoint(): Endpoint | undefined {
    return (this.#knownCore?.memory ?? this.#given)?.endpoint
  }

  /** What is known now. Makes no connection. */
  state(): SelectorState {
    return this.#core.state
  }

  /**
   * Opens a connection to the remembered endpoint, or to the best other one that works.
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
   * Settles on an endpoint without a connection of one's own: for a pool, which opens its connections itself.
   *
   * @returns the endpoint, and the connection too where this call made the choice
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
    // Thousands of messages may wait here: without a deadline of their own they wait as long as the caller that chooses.
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
   * Examines the ladder as a send would go through it, without sending, and remembers the outcome; while a lower rung is
   * used, the better ones are checked as well. The login is made once: after it was accepted it is not made again, and one
   * that was refused is not tried again for an hour, or for five minutes where a function gives the access token.
   *
   * @throws NoUsableEndpointError
   */
  async examine(options: ConnectOptions = {}): Promise<Endpoint> {
    const core = this.#core
    const { isDue, refusal } = core.login
    if (refusal) throw refusal
    const { signal, end } = core.bounds(options)
    try {
      const checking = core.choice.endpoint && core.checkable.length > 0 ? core.checkInTurn() : undefined
      const opening = core.beginOpening(signal, options.avoid)
      const climbed = await climb(core.endpointsFor(opening), core.pace, core.raceOptions(signal, offersLogin), isDue ? logIn : undefined)
      if (climbed.session && checking) await untilAborted(checking, signal)
      const session = this.#conclude(opening, climbed)
      session.quit()
      const endpoint = core.choice.endpoint ?? session.endpoint
      core.recordSuccess(endpoint, 'probe')
      if (isDue) core.login.accepted()
      return endpoint
    } catch (error) {
      if (NoUsableEndpointError.isInstance(error) && error.diagnosis.code === 'auth-rejected') core.login.refused(error)
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
    return await this.#opener.open(options)
  }

  /**
   * Opens one more session to one endpoint, as far as `openSession` does. No other endpoint is tried, and the choice stays
   * as it is.
   *
   * @throws SessionFailed
   * @internal
   */
  async openSessionAt(endpoint: Endpoint, options: OpenSessionAtOptions = {}): Promise<Session> {
    return await this.#opener.openAt(endpoint, options)
  }

  /**
   * The endpoint for further connections: the choice, or while that is open the first endpoint that qualified.
   *
   * @internal
   */
  get usable(): Endpoint | undefined {
    return this.#knownOpener?.usable ?? this.endpoint
  }

  /**
   * Records that a message was accepted, which proves that the endpoint and the login work.
   *
   * @param login whether it was sent under the login of the settings, and not under one of its own
   */
  reportDelivery(endpoint: Endpoint, login = true): void {
    const core = this.#core
    core.recordSuccess(endpoint, 'traffic')
    core.choice.deliver(endpoint)
    if (login) core.login.accepted()
  }

  /**
   * Records that an endpoint failed after it was returned. It is tried last for `recheck.initial`, and for
   * twice as long with each further failure in a row.
   */
  reportFailure(endpoint: Endpoint, failure: Failure): void {
    this.#core.fail(endpoint, failure)
  }

  /**
   * Tells the selector that the server refused the login of the settings, or that there is no secret for it. The endpoint works.
   *
   * @internal
   */
  reportRefusedLogin(failure: Failure): void {
    this.#core.login.refused(new NoUsableEndpointError([], failure))
  }

  /** Ends the background checks. Connections that were handed out stay open. */
  close(): void {
    this.#core.close()
    this.#knownOpener?.close()
  }

  /**
   * What it has learnt, for another selector with the same settings that goes on from there. Undefined before the first use
   * and while anything is under way. To be set before the first use.
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
   * The choice that another caller makes for all. To be called again after each wait, in the same turn as what follows:
   * otherwise several callers would start the next one.
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

  /** @throws NoUsableEndpointError, or an exception of a listener, which then has no session to go with it */
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

/** What a choice that fails means for the callers that wait: nothing, if it was aborted or had not the whole ladder. */
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

async function logIn(session: Session): Promise<void> {
  await session.logIn()
}
