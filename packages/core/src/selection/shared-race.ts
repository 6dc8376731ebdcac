import type { Endpoint } from '../endpoint.ts'
import type { LoginSettings } from '../settings/settings.ts'
import { CLOSED } from '../smtp/bounded.ts'
import { Cancellation, type CancelSignal } from '../smtp/cancellation.ts'
import type { Session } from '../smtp/session.ts'
import { throwAsync } from '../throw-async.ts'
import type { Attempt } from './attempt.ts'
import type { NoUsableEndpointError } from './no-usable-endpoint-error.ts'
import { Race } from './race.ts'
import type { RungAttempt } from './rung-attempt.ts'
import { offersLogin, type Opening, type SelectorCore } from './selector-core.ts'
import { SpareSession } from './spare-session.ts'

/** The result of a shared race for one caller. */
export type RaceShare =
  /** A session that the race has opened. */
  | { readonly kind: 'session'; readonly session: Session; readonly attempts: readonly Attempt[] }
  /** An endpoint; the caller opens a separate session there. */
  | { readonly kind: 'endpoint'; readonly endpoint: Endpoint }
  /** Nothing was opened. `isForAll`: the failure applies to this caller even though another one started the race. */
  | { readonly kind: 'none'; readonly error: NoUsableEndpointError; readonly isForAll: boolean }

/** A caller that waits for the race. */
interface Waiting {
  readonly forChoice: boolean
  readonly auth: LoginSettings | undefined
  readonly resolve: (share: RaceShare) => void
  readonly reject: (error: unknown) => void
}

/**
 * One race for many callers. A message uses the first rung that qualifies. The race continues in the background, and its
 * result becomes the endpoint for all traffic. It ends early if no caller is left before a rung has qualified.
 */
export class SharedRace {
  /** The session of the best rung, if no caller needed it. */
  spare: SpareSession | undefined
  readonly #core: SelectorCore
  readonly #opening: Opening
  readonly #race: Race
  readonly #cancellation = new Cancellation()
  readonly #waiting = new Set<Waiting>()
  #first: RungAttempt | undefined
  /** Whether the result was published. */
  hasEnded = false
  /** Resolves after the result was published, with the error for callers that use the login of the settings. Never rejects. */
  readonly ended: Promise<NoUsableEndpointError | undefined>

  /** @param signal the signal of the first caller; if it is already aborted, no connection is made */
  constructor(core: SelectorCore, signal: CancelSignal, avoid: readonly Endpoint[], auth: LoginSettings | undefined) {
    if (signal.aborted) this.#cancellation.abort(signal.reason)
    this.#core = core
    this.#opening = core.beginOpening(this.#cancellation, avoid, auth)
    const options = core.raceOptions(this.#cancellation, offersLogin, this.#opening.ownLogin)
    this.#race = new Race(core.endpointsFor(this.#opening), core.pace, options)
    void this.#race.first.then((rung) => this.#onFirst(rung), () => {})
    this.ended = this.#end(options.onAttempt)
    this.#race.start()
  }

  /** The endpoint that qualified first, unless it has failed traffic since. */
  get usable(): Endpoint | undefined {
    const endpoint = this.#first?.endpoint
    return endpoint && !this.#opening.isStale(endpoint) ? endpoint : undefined
  }

  /** Whether a rung may still qualify, and none has yet. */
  get isOpen(): boolean {
    return this.#first === undefined && !this.hasEnded
  }

  /** @param forChoice whether the caller waits for the final result */
  async join(signal: CancelSignal, auth: LoginSettings | undefined, forChoice: boolean): Promise<RaceShare> {
    let waiting: Waiting | undefined
    const share = new Promise<RaceShare>((resolve, reject) => {
      waiting = { forChoice, auth, resolve, reject }
      this.#waiting.add(waiting)
    })
    const onAbort = () => this.#leave(waiting!, signal.reason)
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort)
    try {
      return await share
    } finally {
      signal.removeEventListener('abort', onAbort)
      this.#waiting.delete(waiting!)
    }
  }

  /** Called when the selector is closed: ends the race if no caller waits for it. */
  close(): void {
    if (this.#waiting.size === 0) this.#cancellation.abort(CLOSED)
    this.spare?.close()
  }

  #leave(waiting: Waiting, reason: unknown): void {
    if (!this.#waiting.delete(waiting)) return
    waiting.resolve({ kind: 'none', error: this.#core.errorFor(this.#race.attempts(undefined, reason)), isForAll: false })
    if (this.#waiting.size === 0 && !this.#first) this.#cancellation.abort(reason)
  }

  #onFirst(rung: RungAttempt | undefined): void {
    this.#first = rung
    // If the result is known as well, emit its events before the caller gets the session.
    if (rung && !this.#race.isDecided) this.#handOut(rung, false)
  }

  async #end(onAttempt: ((attempt: Attempt) => void) | undefined): Promise<NoUsableEndpointError | undefined> {
    try {
      const { winner, attempts } = await this.#race.decision
      this.#first ??= winner
      for (const attempt of attempts) if (attempt.outcome !== 'failed') onAttempt?.(attempt)
      const error = this.#conclude(winner, attempts)
      this.hasEnded = true
      if (winner) this.#handOut(winner, true)
      if (!error) return undefined
      for (const { resolve, auth } of this.#waiting) resolve({ kind: 'none', error, isForAll: this.#isFor(auth) })
      return this.#isFor(this.#core.settings.auth) ? error : undefined
    } catch (fault) {
      // The caller's `dial` has thrown.
      this.hasEnded = true
      for (const { reject } of this.#waiting) reject(fault)
      return undefined
    }
  }

  /** Throws exceptions of listeners asynchronously, so that they affect neither the race nor a message. */
  #conclude(winner: RungAttempt | undefined, attempts: readonly Attempt[]): NoUsableEndpointError | undefined {
    // Ignore attempts that close() has cut short.
    if (this.#cancellation.reason === CLOSED) return undefined
    try {
      return this.#core.conclude(this.#opening, winner?.session, attempts)
    } catch (fault) {
      throwAsync(fault)
      return winner ? undefined : this.#core.errorFor(attempts)
    }
  }

  /** Whether the failure applies to callers with this login. Not if the race was aborted or covered only part of the ladder. */
  #isFor(auth: LoginSettings | undefined): boolean {
    return auth === this.#auth && this.#opening.avoid.length === 0 && !this.#cancellation.aborted
  }

  get #auth(): LoginSettings | undefined {
    return this.#opening.ownLogin ?? this.#core.settings.auth
  }

  /** Gives the session to the first caller that can use it, and the endpoint to the other callers. */
  #handOut(rung: RungAttempt, isDecision: boolean): void {
    for (const waiting of this.#waiting) {
      if (waiting.forChoice && !isDecision) continue
      const isMine = !rung.isHandedOut && waiting.auth === this.#auth
      this.#waiting.delete(waiting)
      if (isMine) waiting.resolve({ kind: 'session', session: rung.handOut(), attempts: this.#race.attempts(rung) })
      else waiting.resolve({ kind: 'endpoint', endpoint: rung.endpoint })
    }
    if (isDecision && !rung.isHandedOut) {
      const session = rung.handOut()
      if (this.#core.isClosed) session.quit()
      else this.spare = new SpareSession(session, this.#auth)
    }
  }
}
