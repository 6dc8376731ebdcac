import type { Clock } from '../clock.ts'
import { type Endpoint, isSameEndpoint } from '../endpoint.ts'
import type { Failure } from '../failure/failure.ts'
import type { ObservedTls } from '../smtp/observed-tls.ts'
import type { Attempt } from './attempt.ts'
import { byEndpoint, failureOf } from './by-endpoint.ts'
import type { RungState } from './selector-state.ts'

/** What is known about a rung. Every transport keeps this, so dates and TLS reports are created only when the state is read. */
interface Known {
  readonly endpoint: Endpoint
  readonly status: RungState['status']
  /** In milliseconds since the epoch. */
  readonly triedAt: number
  readonly failure: Failure | undefined
  readonly lastFailure: { readonly at: number; readonly failure: Failure } | undefined
  readonly seen: ObservedTls | undefined
}

/** A ladder, with what is known about its rungs. */
export class Rungs {
  readonly #ladder: readonly Endpoint[]
  readonly #clock: Clock
  /** The attempted rungs. */
  #known: readonly Known[] = []

  constructor(ladder: readonly Endpoint[], clock: Clock) {
    this.#ladder = ladder
    this.#clock = clock
  }

  /** Best first. */
  get states(): RungState[] {
    const others = this.#known.filter(({ endpoint }) => !this.#ladder.some((rung) => isSameEndpoint(rung, endpoint)))
    return [...this.#ladder.map((endpoint) => stateOf(this.#find(endpoint) ?? { endpoint, status: 'untried' })), ...others.map(stateOf)]
  }

  /** Why the best rung is down, if it is. */
  get failure(): Failure | undefined {
    return this.#find(this.#ladder[0]!)?.failure
  }

  /**
   * Records the results of attempts. A rung is down if all of its addresses failed or were superseded by another rung. An
   * attempt that the caller aborted is ignored.
   *
   * @param seen the TLS details of the session that was used
   */
  learn(attempts: readonly Attempt[], seen?: ObservedTls): void {
    for (const each of byEndpoint(attempts)) {
      const { endpoint } = each[0]!
      const failure = failureOf(each)
      if (each.some(({ outcome }) => outcome === 'used')) this.note(endpoint, 'up', undefined, seen)
      else if (failure && failure.code !== 'aborted' && each.at(-1)!.outcome !== 'cancelled') this.note(endpoint, 'down', failure)
    }
  }

  note(endpoint: Endpoint, status: RungState['status'], failure?: Failure, seen?: ObservedTls): void {
    const at = this.#clock.now()
    const before = this.#find(endpoint)
    const lastFailure = failure ? { at, failure } : before?.lastFailure
    const known: Known = { endpoint: before?.endpoint ?? endpoint, status, triedAt: at, failure, lastFailure, seen: seen ?? before?.seen }
    // An array of exact length: V8 reserves room for 16 more elements in one that grows.
    this.#known = this.#known.filter((one) => one !== before).concat(known)
  }

  #find(endpoint: Endpoint): Known | undefined {
    return this.#known.find((one) => isSameEndpoint(one.endpoint, endpoint))
  }
}

function stateOf({ endpoint, status, triedAt, failure, lastFailure, seen }: Pick<Known, 'endpoint' | 'status'> & Partial<Known>): RungState {
  return {
    endpoint,
    status,
    ...(triedAt !== undefined && { triedAt: new Date(triedAt) }),
    ...(failure && { failure }),
    ...(lastFailure && { lastFailure: { at: new Date(lastFailure.at), failure: lastFailure.failure } }),
    ...(seen && { tls: seen.report }),
  }
}
