import { timerMs } from '../clock.ts'
import { type Endpoint, isSameEndpoint } from '../endpoint.ts'
import type { LoginSettings } from '../settings/settings.ts'
import { SUPERSEDED } from '../smtp/bounded.ts'
import { Cancellation, type CancelSignal } from '../smtp/cancellation.ts'
import type { Session } from '../smtp/session.ts'
import type { Attempt } from './attempt.ts'
import { canTryNextEndpoint } from './climb.ts'
import { openRung, type RungAttempt } from './rung-attempt.ts'
import { offersLogin, type SelectorCore } from './selector-core.ts'
import { SharedRace } from './shared-race.ts'
import type { SpareSession } from './spare-session.ts'
import { untilAborted } from './until-aborted.ts'

/** Options for opening a session at one endpoint. */
export interface OpenSessionAtOptions {
  /** Aborts the opening. */
  readonly signal?: CancelSignal | undefined
  /** Milliseconds for the opening. Default: the selector's deadline. */
  readonly deadline?: number | undefined
  /** The login of the message, instead of the one in the settings. */
  readonly auth?: LoginSettings | undefined
}

/** Options for opening a session for a message. */
export interface OpenSessionOptions extends OpenSessionAtOptions {
  /** Endpoints that must not be used, because this message has just failed there. */
  readonly avoid?: readonly Endpoint[] | undefined
  /** Waits until the endpoint for all traffic is selected, instead of using the first one that qualifies. @default false */
  readonly waitForChoice?: boolean | undefined
}

/** A session for one message, with all attempts. */
export interface OpenedSession {
  readonly session: Session
  readonly attempts: readonly Attempt[]
}

/** The request of one message, with its state. */
interface Request {
  readonly signal: CancelSignal
  readonly auth: LoginSettings | undefined
  readonly forChoice: boolean
  avoid: readonly Endpoint[]
  /** Failed attempts for this message alone. */
  readonly attempts: Attempt[]
  /** Whether the remembered endpoint was too slow for this message. */
  isLate: boolean
}

/** Opens sessions for messages. At most one race over the whole ladder runs at a time. */
export class SessionOpener {
  readonly #core: SelectorCore
  #latestRace: SharedRace | undefined
  #spare: SpareSession | undefined
  /** The number of races in progress, including `#latestRace`. */
  #races = 0

  constructor(core: SelectorCore) {
    this.#core = core
  }

  /** Whether no race is in progress and no session is kept. */
  get isAtRest(): boolean {
    return this.#races === 0 && !this.#spare?.isKept
  }

  /** The first endpoint that qualified in the current race, otherwise the selected one. */
  get usable(): Endpoint | undefined {
    return this.#race?.usable ?? this.#core.choice.endpoint
  }

  /** @throws NoUsableEndpointError */
  async open({ auth = this.#core.settings.auth, avoid = [], waitForChoice = false, ...options }: OpenSessionOptions): Promise<OpenedSession> {
    const { signal, end } = this.#core.bounds(options)
    const request: Request = { signal, auth, forChoice: waitForChoice, avoid, attempts: [], isLate: false }
    try {
      for (;;) {
        const opened = await this.#advance(request)
        if (opened) return { session: opened.session, attempts: [...request.attempts, ...opened.attempts] }
      }
    } finally {
      end()
    }
  }

  /** @throws SessionFailed */
  async openAt(endpoint: Endpoint, { auth = this.#core.settings.auth, ...options }: OpenSessionAtOptions): Promise<Session> {
    const spare = this.#spare?.take(endpoint, auth)
    if (spare) return spare
    const { signal, end } = this.#core.bounds(options)
    try {
      const { rung } = await this.#openOne(endpoint, signal, auth)
      if (rung.state === 'ready') return rung.handOut()
      throw rung.error!
    } finally {
      end()
    }
  }

  close(): void {
    this.#race?.close()
    this.#spare?.close()
  }

  /** The race in progress. */
  get #race(): SharedRace | undefined {
    return this.#latestRace?.hasEnded ? undefined : this.#latestRace
  }

  /** Does the next step towards a session. @returns undefined if another step is needed */
  async #advance(request: Request): Promise<OpenedSession | undefined> {
    const { signal, auth, forChoice, avoid, isLate } = request
    const race = this.#race
    const remembered = this.#core.choice.endpoint
    const mayUse = (endpoint: Endpoint | undefined): endpoint is Endpoint => endpoint !== undefined && !isAmong(avoid, endpoint)
    if (race) {
      if (forChoice) return await this.#share(race, request, false)
      if (mayUse(race.usable)) return await this.#openBeside(race.usable, request)
      if (race.isOpen) {
        // The race starts with the remembered endpoint, which most likely works: open a separate session there.
        if (mayUse(remembered) && !isLate) return await this.#openBeside(remembered, request, this.#core.pace.headStart)
        return await this.#share(race, request, false)
      }
      // The result of the race cannot be used for this message.
      return await this.#share(this.#newRace(request), request, true)
    }
    if (!remembered && this.#core.deciding && !signal.aborted) {
      // A `connect` call is selecting an endpoint.
      const error = await untilAborted(this.#core.deciding, signal)
      if (error) throw error
      return undefined
    }
    const spare = mayUse(remembered) ? this.#spare?.take(remembered, auth) : undefined
    if (spare) return { session: spare, attempts: [] }
    return await this.#share(this.#startRace(request), request, true)
  }

  /** Starts a race that other messages share. */
  #startRace(request: Request): SharedRace {
    const race = this.#newRace(request)
    this.#latestRace = race
    this.#core.decideWith(race.ended)
    return race
  }

  #newRace({ signal, avoid, auth }: Request): SharedRace {
    const race = new SharedRace(this.#core, signal, avoid, auth)
    this.#races += 1
    void race.ended.then(() => {
      this.#races -= 1
      if (race.spare) this.#spare = race.spare
      if (this.#latestRace === race) this.#latestRace = undefined
    })
    return race
  }

  /** @param isOwn whether the race was started for this message, so that its failure is also the failure of the message */
  async #share(race: SharedRace, request: Request, isOwn: boolean): Promise<OpenedSession | undefined> {
    const { signal, auth, forChoice, attempts, avoid } = request
    const share = await race.join(signal, auth, forChoice)
    if (share.kind === 'session') return share
    if (share.kind === 'endpoint') {
      if (!isAmong(avoid, share.endpoint)) return await this.#openBeside(share.endpoint, request)
      return await this.#share(this.#newRace(request), request, true)
    }
    if (isOwn || share.isForAll || signal.aborted) {
      throw attempts.length === 0 ? share.error : this.#core.errorFor([...attempts, ...share.error.attempts])
    }
    return undefined
  }

  /** Opens a session at an endpoint that has already qualified. */
  async #openBeside(endpoint: Endpoint, request: Request, headStart = Infinity): Promise<OpenedSession | undefined> {
    const spare = this.#spare?.take(endpoint, request.auth)
    if (spare) return { session: spare, attempts: [] }
    const cancellation = new Cancellation()
    const unfollow = cancellation.follow(request.signal)
    const timer = headStart === Infinity ? undefined : setTimeout(() => cancellation.abort(SUPERSEDED), timerMs(headStart))
    try {
      const { rung, attempts } = await this.#openOne(endpoint, cancellation, request.auth)
      if (rung.state === 'ready') return { session: rung.handOut(), attempts }
      request.attempts.push(...attempts)
      if (request.signal.aborted || !canTryNextEndpoint(rung.error!.failure)) throw this.#core.errorFor(request.attempts)
      if (cancellation.reason === SUPERSEDED) request.isLate = true
      else request.avoid = [...request.avoid, endpoint]
      return undefined
    } finally {
      clearTimeout(timer)
      unfollow()
    }
  }

  async #openOne(endpoint: Endpoint, signal: CancelSignal, auth: LoginSettings | undefined): Promise<OpenedRung> {
    const { settings } = this.#core
    const options = this.#core.raceOptions(signal, offersLogin, auth === settings.auth ? undefined : auth)
    if (!signal.aborted) options.onStart?.(endpoint)
    const rung = await openRung(endpoint, this.#core.rungOptions(options))
    const attempts = rung.attempts(rung.state === 'ready' ? 'used' : 'failed')
    for (const attempt of attempts) options.onAttempt?.(attempt)
    return { rung, attempts }
  }
}

interface OpenedRung {
  readonly rung: RungAttempt
  readonly attempts: readonly Attempt[]
}

function isAmong(endpoints: readonly Endpoint[], endpoint: Endpoint): boolean {
  return endpoints.some((one) => isSameEndpoint(one, endpoint))
}
