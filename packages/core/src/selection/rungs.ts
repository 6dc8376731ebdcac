import type { Clock } from '../clock.ts'
import { type Endpoint, endpointKey } from '../endpoint.ts'
import type { Failure } from '../failure/failure.ts'
import type { TlsReport } from '../smtp/tls-report.ts'
import type { Attempt } from './attempt.ts'
import { byEndpoint, failureOf } from './by-endpoint.ts'
import type { RungState } from './selector-state.ts'

type Seen = () => TlsReport | undefined

/** Describing a certificate takes longer than checking it, and is needed rarely: it is done when the state is read. */
interface Known {
  state: RungState
  seen?: Seen | undefined
}

/** A ladder, and what is known of each of its rungs. */
export class Rungs {
  readonly #clock: Clock
  readonly #known: Map<string, Known>

  constructor(ladder: readonly Endpoint[], clock: Clock) {
    this.#clock = clock
    this.#known = new Map(ladder.map((endpoint) => [endpointKey(endpoint), { state: { endpoint, standing: 'untried' } }]))
  }

  /** Best first. */
  get states(): RungState[] {
    return [...this.#known.values()].map(complete)
  }

  /** Why the best one is down, if it is. */
  get failure(): Failure | undefined {
    return [...this.#known.values()][0]?.state.failure
  }

  /**
   * Records what attempts have shown. A rung is down when all of its addresses have failed, or were overtaken by another
   * rung. An attempt that the caller aborted shows nothing.
   *
   * @param seen what the session that was used has shown of TLS
   */
  learn(attempts: readonly Attempt[], seen?: Seen): void {
    for (const each of byEndpoint(attempts)) {
      const { endpoint } = each[0]!
      const failure = failureOf(each)
      if (each.some(({ outcome }) => outcome === 'used')) this.note(endpoint, 'up', undefined, seen)
      else if (failure && failure.code !== 'aborted' && each.at(-1)!.outcome !== 'not-needed') this.note(endpoint, 'down', failure)
    }
  }

  note(endpoint: Endpoint, standing: RungState['standing'], failure?: Failure, seen?: Seen): void {
    const key = endpointKey(endpoint)
    const { state, seen: before } = this.#known.get(key) ?? { state: { endpoint, standing } }
    const { failure: _, ...known } = state
    const triedAt = new Date(this.#clock.now())
    const failed = failure && { failure, lastFailure: { at: triedAt, failure } }
    this.#known.set(key, { state: { ...known, standing, triedAt, ...failed }, seen: seen ?? before })
  }
}

function complete(known: Known): RungState {
  const tls = known.seen?.()
  if (tls) known.state = { ...known.state, tls }
  known.seen = undefined
  return known.state
}
