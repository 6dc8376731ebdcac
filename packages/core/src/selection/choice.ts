import type { Clock } from '../clock.ts'
import { type Endpoint, endpointKey, isSameEndpoint } from '../endpoint.ts'
import type { Failure } from '../failure/failure.ts'
import type { Attempt } from './attempt.ts'
import { canTryNextEndpoint } from './climb.ts'
import { CoolDowns } from './cool-downs.ts'
import type { RecheckTiming } from './recheck.ts'
import { Rungs } from './rungs.ts'
import type { Fallback, SelectorChange, SelectorState } from './selector-state.ts'

/** The events of a choice. */
export type ChangeName = 'selected' | 'fallback' | 'recovered'

/** The rung in use, with what is known about the others and the last fallback. */
export class Choice {
  readonly rungs: Rungs
  readonly #ladder: readonly Endpoint[]
  readonly #clock: Clock
  readonly #timing: RecheckTiming
  /** Created when an endpoint fails traffic. */
  #coolDowns: CoolDowns | undefined
  #current: Endpoint | undefined
  /** When it was selected, in milliseconds since the epoch. */
  #since = 0
  /** The last endpoint in use, even after it has failed. */
  #last: Endpoint | undefined
  #lastFallback: Fallback | undefined
  /** The number of times each endpoint failed after it was returned. */
  #failures: ReadonlyMap<string, number> | undefined

  constructor(ladder: readonly Endpoint[], clock: Clock, timing: RecheckTiming) {
    this.#ladder = ladder
    this.#clock = clock
    this.#timing = timing
    this.rungs = new Rungs(ladder, clock)
  }

  /** The endpoint in use, once one was selected. */
  get endpoint(): Endpoint | undefined {
    return this.#current
  }

  get state(): Pick<SelectorState, 'endpoint' | 'inUseSince' | 'lastFallback' | 'rungs'> {
    const lastFallback = this.#lastFallback
    return {
      endpoint: this.#current,
      ...(this.#current && { inUseSince: new Date(this.#since) }),
      ...(lastFallback && { lastFallback }),
      rungs: this.rungs.states,
    }
  }

  /** All rungs in the order in which they are tried: the one in use, the others of the ladder, and last those in a cool-down. */
  get inOrder(): readonly Endpoint[] {
    const current = this.#current
    const others = this.#ladder.filter((endpoint) => endpoint !== current)
    const inOrder = others.toSorted((a, b) => Number(this.#isCooling(a)) - Number(this.#isCooling(b)))
    return current ? [current, ...inOrder] : inOrder
  }

  /** The rungs above the one in use that are not in a cool-down. */
  get above(): readonly Endpoint[] {
    return this.#better.filter((endpoint) => !this.#isCooling(endpoint))
  }

  /** Whether the best rung is in use. */
  get isBest(): boolean {
    return this.#better.length === 0
  }

  /** Milliseconds until one of the better rungs may be checked again. */
  get untilCheckable(): number {
    return Math.min(...this.#better.map((endpoint) => this.#remaining(endpoint)))
  }

  /** @returns a function: whether an endpoint has failed traffic since this call, so that an older connection to it proves nothing */
  watchFailures(): (endpoint: Endpoint) => boolean {
    const before = this.#failures
    return (endpoint) => before?.get(endpointKey(endpoint)) !== this.#failures?.get(endpointKey(endpoint))
  }

  /** An endpoint failed after it was returned. */
  fail(endpoint: Endpoint, failure: Failure): void {
    const key = endpointKey(endpoint)
    this.#failures = new Map(this.#failures).set(key, (this.#failures?.get(key) ?? 0) + 1)
    this.rungs.note(endpoint, 'down', failure)
    // Not after a refused login or message: the endpoint works.
    if (canTryNextEndpoint(failure)) (this.#coolDowns ??= new CoolDowns(this.#clock, this.#timing)).begin(endpoint)
    if (this.#current && isSameEndpoint(this.#current, endpoint)) this.#current = undefined
  }

  /** A message was accepted at this endpoint. */
  deliver(endpoint: Endpoint): void {
    this.#coolDowns?.end(endpoint)
  }

  /** No endpoint works: the next attempt starts at the top of the ladder. */
  forget(): void {
    this.#current = undefined
    this.#coolDowns = undefined
  }

  /** Selects an endpoint. @returns the events to emit, in order */
  take(endpoint: Endpoint, attempts: readonly Attempt[]): { readonly names: readonly ChangeName[]; readonly change: SelectorChange } {
    const previous = this.#last
    const rank = this.#rank(endpoint)
    const before = previous ? this.#rank(previous) : 0
    const current = this.#ladder[rank]!
    if (this.#current !== current) this.#since = this.#clock.now()
    this.#current = this.#last = current
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

  /** The remaining cool-down of the endpoint in milliseconds. */
  #remaining(endpoint: Endpoint): number {
    return this.#coolDowns?.remaining(endpoint) ?? 0
  }

  #rank(endpoint: Endpoint): number {
    return this.#ladder.findIndex((rung) => isSameEndpoint(rung, endpoint))
  }
}
