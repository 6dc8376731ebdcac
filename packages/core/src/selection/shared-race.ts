import type { Endpoint } from '../endpoint.ts'
import type { LoginSettings } from '../settings/settings.ts'
import { CLOSED } from '../smtp/bounded.ts'
import { Cancellation, type CancelSignal } from '../smtp/cancellation.ts'
import type { Session } from '../smtp/session.ts'
import type { Attempt } from './attempt.ts'
import type { NoUsableEndpointError } from './no-usable-endpoint-error.ts'
import { Race } from './race.ts'
import type { RungAttempt } from './rung-attempt.ts'
import { offersLogin, type Opening, type SelectorCore } from './selector-core.ts'
import { SpareSession } from './spare-session.ts'

/** What a caller gets of a race. */
export type RaceShare =
  /** A session of the race itself. */
  | { readonly kind: 'session'; readonly session: Session; readonly attempts: readonly Attempt[] }
  /** An endpoint at which the caller opens a session of its own. */
  | { readonly kind: 'endpoint'; readonly endpoint: Endpoint }
  /** Nothing was opened. `isForAll`: nothing works for this caller either, though another one began the race. */
  | { readonly kind: 'none'; readonly error: NoUsableEndpointError; readonly isForAll: boolean }

/** A caller that waits for the race. */
interface Waiting {
  readonly forChoice: boolean
  readonly auth: LoginSettings | undefined
  readonly resolve: (share: RaceShare) => void
  readonly reject: (error: unknown) => void
}

/**
 * One race for many callers. The first rung that qualifies is enough for a message; the race goes on in the background, and
 * its decision is the choice for all traffic. It ends early when no caller is left before anything has qualified.
 */
export class SharedRace {
  /** The session of the best rung, where it was opened for nobody. */
  spare: SpareSession | undefined
  readonly #core: SelectorCore
  readonly #opening: Opening
  readonly #race: Race
  readonly #cancellation = new Cancellation()
  readonly #waiting = new Set<Waiting>()
  #first: RungAttempt | undefined
  /** Whether the decision was made known. */
  hasEnded = false
  /** Settles after the decision was made known, with the error for callers with the login of the settings. Never rejects. */
  readonly ended: Promise<NoUsableEndpointError | undefined>

  /** @param signal of the first caller; a race that is begun for an aborted one makes no connection */
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

  /** Whether nothing has qualified yet, and may still. */
  get isOpen(): boolean {
    return this.#first === undefined && !this.hasEnded
  }

  /** @param forChoice whether the caller waits for the decision */
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

  /** The selector was closed: what goes on for no caller ends. */
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
    // With the decision made too, its events come before the session is handed out.
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
      // An exception of the caller's `dial`.
      this.hasEnded = true
      for (const { reject } of this.#waiting) reject(fault)
      return undefined
    }
  }

  /** A listener's exception is not the race's, nor that of a message under way: it is uncaught, as with any emitter. */
  #conclude(winner: RungAttempt | undefined, attempts: readonly Attempt[]): NoUsableEndpointError | undefined {
    // What was cut short by close() says nothing.
    if (this.#cancellation.reason === CLOSED) return undefined
    try {
      return this.#core.conclude(this.#opening, winner?.session, attempts)
    } catch (fault) {
      queueMicrotask(() => {
        throw fault
      })
      return winner ? undefined : this.#core.errorFor(attempts)
    }
  }

  /** Whether the failure holds for callers with this login. A race over fewer rungs, or one that was aborted, says nothing. */
  #isFor(auth: LoginSettings | undefined): boolean {
    return auth === this.#auth && this.#opening.avoid.length === 0 && !this.#cancellation.aborted
  }

  get #auth(): LoginSettings | undefined {
    return this.#opening.ownLogin ?? this.#core.settings.auth
  }

  /** Gives the session to the first caller that can use it, and the endpoint to the others. */
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
