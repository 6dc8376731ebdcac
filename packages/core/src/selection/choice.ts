import type { Clock } from '../clock.ts'
import { type Endpoint, endpointKey, isSameEndpoint } from '../endpoint.ts'
import type { Failure } from '../failure/failure.ts'
import type { Attempt } from './attempt.ts'
import { canTryNextEndpoint } from './climb.ts'
import { CoolDowns } from './cool-downs.ts'
import type { RecheckTiming } from './recheck.ts'
import { Rungs } from './rungs.ts'
import type { Fallback, SelectorChange, SelectorState } from './selector-state.ts'

/** The event that a choice can be. */
export type ChangeName = 'selected' | 'fallback' | 'recovered'

/** Which rung of a ladder is used, what is known of the others, and how that came about. */
export class Choice {
  readonly rungs: Rungs
  readonly #ladder: readonly Endpoint[]
  readonly #clock: Clock
  readonly #timing: RecheckTiming
  /** Made when an endpoint fails traffic. */
  #coolDowns: CoolDowns | undefined
  #current: Endpoint | undefined
  /** The last one, also after it has failed. */
  #last: Endpoint | undefined
  #lastFallback: Fallback | undefined
  /** How often each endpoint failed after it had been handed out. */
  #failures: ReadonlyMap<string, number> | undefined

  constructor(ladder: readonly Endpoint[], clock: Clock, timing: RecheckTiming) {
    this.#ladder = ladder
    this.#clock = clock
    this.#timing = timing
    this.rungs = new Rungs(ladder, clock)
  }

  /** The endpoint in use, once there is one. */
  get endpoint(): Endpoint | undefined {
    return this.#current
  }

  get state(): Pick<SelectorState, 'endpoint' | 'lastFallback' | 'rungs'> {
    return { endpoint: this.#current, ...(this.#lastFallback && { lastFallback: this.#lastFallback }), rungs: this.rungs.states }
  }

  /** Every rung in the order in which they are tried: the one in use, then the ladder, then those that failed traffic lately. */
  get inOrder(): readonly Endpoint[] {
    const current = this.#current
    const others = this.#ladder.filter((endpoint) => endpoint !== current)
    const inOrder = others.toSorted((a, b) => Number(this.#isCooling(a)) - Number(this.#isCooling(b)))
    return current ? [current, ...inOrder] : inOrder
  }

  /** Those that are better than the one in use, and have not failed traffic lately. */
  get above(): readonly Endpoint[] {
    return this.#better.filter((endpoint) => !this.#isCooling(endpoint))
  }

  /** Whether no rung is better than the one in use. */
  get isBest(): boolean {
    return this.#better.length === 0
  }

  /** Milliseconds until one of the better rungs may be checked. */
  get untilCheckable(): number {
    return Math.min(...this.#better.map((endpoint) => this.#remaining(endpoint)))
  }

  /** @returns whether an endpoint has failed traffic since this was called: then it proves nothing by having opened */
  watchFailures(): (endpoint: Endpoint) => boolean {
    const before = this.#failures
    return (endpoint) => before?.get(endpointKey(endpoint)) !== this.#failures?.get(endpointKey(endpoint))
  }

  /** An endpoint failed after it had been handed out. */
  fail(endpoint: Endpoint, failure: Failure): void {
    const key = endpointKey(endpoint)
    this.#failures = new Map(this.#failures).set(key, (this.#failures?.get(key) ?? 0) + 1)
    this.rungs.note(endpoint, 'down', failure)
    // A refused login, or a refused message, is not the endpoint's fault.
    if (canTryNextEndpoint(failure)) (this.#coolDowns ??= new CoolDowns(this.#clock, this.#timing)).begin(endpoint)
    if (this.#current && isSameEndpoint(this.#current, endpoint)) this.#current = undefined
  }

  /** A message was accepted there. */
  deliver(endpoint: Endpoint): void {
    this.#coolDowns?.end(endpoint)
  }

  /** Nothing works: what was remembered no longer says where to begin. */
  forget(): void {
    this.#current = undefined
    this.#coolDowns = undefined
  }

  /** Uses an endpoint from now on. @returns the events that this is, in order */
  take(endpoint: Endpoint, attempts: readonly Attempt[]): { readonly names: readonly ChangeName[]; readonly change: SelectorChange } {
    const previous = this.#last
    const rank = this.#rank(endpoint)
    const before = previous ? this.#rank(previous) : 0
    const current = (this.#current = this.#last = this.#ladder[rank]!)
    if (rank > before) {
      const { failure } = this.rungs
      this.#lastFallback = { at: new Date(this.#clock.now()), endpoint: current, previous, ...(failure && { failure }) }
    }
    const names: ChangeName[] = previous ? [] : ['selected']
    if (rank !== before) names.push(rank > before ? 'fallback' : 'recovered')
    return { names, change: { endpoint: current, previous, attempts } }
  }

  get #better(): readonly Endpoint[] {
    return this.#ladder.slice(0, this.#current ? this.#rank(this.#current) : this.#ladder.length)
  }

  #isCooling(endpoint: Endpoint): boolean {
    return this.#remaining(endpoint) > 0
  }

  /** Milliseconds until the endpoint's cool-down is over. */
  #remaining(endpoint: Endpoint): number {
    return this.#coolDowns?.remaining(endpoint) ?? 0
  }

  #rank(endpoint: Endpoint): number {
    return this.#ladder.findIndex((rung) => isSameEndpoint(rung, endpoint))
  }
}
