import type { Clock } from '../clock.ts'
import { type Endpoint, endpointKey } from '../endpoint.ts'
import type { Failure } from '../failure/failure.ts'
import type { TlsReport } from '../smtp/tls-report.ts'
import type { Attempt } from './attempt.ts'
import type { RungState } from './selector-state.ts'

/** A ladder, and what is known of each of its rungs. */
export class Rungs {
  readonly #clock: Clock
  readonly #states: Map<string, RungState>

  constructor(ladder: readonly Endpoint[], clock: Clock) {
    this.#clock = clock
    this.#states = new Map(ladder.map((endpoint) => [endpointKey(endpoint), { endpoint, standing: 'untried' }]))
  }

  /** Best first. */
  get states(): RungState[] {
    return [...this.#states.values()]
  }

  /**
   * Puts down what attempts have shown. One that the caller called off shows nothing.
   *
   * @param seen what the one that was used has shown of TLS
   */
  learn(attempts: readonly Attempt[], seen?: TlsReport): void {
    for (const { endpoint, outcome, failure } of attempts) {
      if (outcome === 'used') this.note(endpoint, 'up', undefined, seen)
      else if (failure && failure.code !== 'aborted') this.note(endpoint, 'down', failure)
    }
  }

  note(endpoint: Endpoint, standing: RungState['standing'], failure?: Failure, seen?: TlsReport): void {
    const key = endpointKey(endpoint)
    const { failure: _, ...known } = this.#states.get(key) ?? { endpoint, standing }
    const triedAt = new Date(this.#clock.now())
    const failed = failure && { failure, lastFailure: { at: triedAt, failure } }
    this.#states.set(key, { ...known, standing, triedAt, ...failed, ...(seen && { tls: seen }) })
  }
}
