import type { Clock } from '../clock.ts'
import { type Endpoint, endpointKey } from '../endpoint.ts'
import type { Failure } from '../failure/failure.ts'
import type { Session } from '../smtp/session.ts'
import type { Attempt } from './attempt.ts'
import { Rungs } from './rungs.ts'
import type { Fallback, SelectorChange, SelectorState } from './selector-state.ts'

/** What a choice may mean to those who keep watch. */
export type ChangeName = 'selected' | 'fallback' | 'recovered'

/** Which rung of a ladder is used, what is known of the others, and how that came about. */
export class Choice {
  readonly rungs: Rungs
  readonly #ladder: readonly Endpoint[]
  readonly #clock: Clock
  #current: Endpoint | undefined
  /** The last one, whatever has become of it since. */
  #last: Endpoint | undefined
  #lastFallback: Fallback | undefined
  /** How often each one failed that had been handed out. */
  readonly #failures = new Map<string, number>()

  constructor(ladder: readonly Endpoint[], clock: Clock) {
    this.#ladder = ladder
    this.#clock = clock
    this.rungs = new Rungs(ladder, clock)
  }

  /** The endpoint in use, once there is one. */
  get endpoint(): Endpoint | undefined {
    return this.#current
  }

  get state(): Pick<SelectorState, 'endpoint' | 'lastFallback' | 'rungs'> {
    return { endpoint: this.#current, ...(this.#lastFallback && { lastFallback: this.#lastFallback }), rungs: this.rungs.states }
  }

  /** Every rung; the one in use goes first, so that nothing else is tried while it works. */
  get inOrder(): readonly Endpoint[] {
    const current = this.#current
    return current ? [current, ...this.#ladder.filter((endpoint) => endpoint !== current)] : this.#ladder
  }

  /** Those that are better than the one in use. */
  get above(): readonly Endpoint[] {
    return this.#ladder.slice(0, this.#current ? this.#rank(this.#current) : this.#ladder.length)
  }

  /** @returns whether a session's endpoint has failed others since this was called: then it says nothing new by having opened */
  watchFailures(): (session: Session | undefined) => boolean {
    const before = new Map(this.#failures)
    return (session) => {
      const key = session && endpointKey(session.endpoint)
      return key !== undefined && before.get(key) !== this.#failures.get(key)
    }
  }

  /** One that had been handed out has failed. */
  fail(endpoint: Endpoint, failure: Failure): void {
    const key = endpointKey(endpoint)
    this.#failures.set(key, (this.#failures.get(key) ?? 0) + 1)
    this.rungs.note(endpoint, 'down', failure)
    if (this.#current && endpointKey(this.#current) === key) this.#current = undefined
  }

  /** Uses an endpoint from now on. @returns what that is to be told as, in this order */
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

  #rank(endpoint: Endpoint): number {
    return this.#ladder.findIndex((rung) => endpointKey(rung) === endpointKey(endpoint))
  }
}
