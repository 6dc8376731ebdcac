import { type Attempt, type AttemptOutcome, type Endpoint, isSameEndpoint, type RungState, type SelectorState } from '@postern/core'
import type { PoolState } from '@postern/core/submission'
import type { SendOutcome } from '../delivery/send-outcome.ts'

/** The number of messages with each outcome. */
export type SendCounts = Readonly<Record<SendOutcome, number>>

/** The counters of one endpoint since the transport was created. They only increase. */
export interface EndpointMetrics {
  /** The rung. */
  readonly endpoint: Endpoint
  /** The result of the last attempt. */
  readonly status: RungState['status']
  /** Whether it is in use. */
  readonly inUse: boolean
  /** Attempts to open a connection, by outcome. `failed` includes messages that failed on an open connection. */
  readonly attempts: Readonly<Record<AttemptOutcome, number>>
  /** How often traffic has moved down to this endpoint. */
  readonly fallbacks: number
  /** How often traffic has returned to this endpoint. */
  readonly recoveries: number
  /** The messages whose outcome was decided at this endpoint. */
  readonly sends: SendCounts
}

/** The counters and gauges of a transport. */
export interface TransportMetrics extends PoolState {
  /** Every rung of the ladder, best first. */
  readonly endpoints: readonly EndpointMetrics[]
  /** Messages for which no endpoint could be used. They are `not-accepted`. */
  readonly unroutable: number
  /** How often no endpoint could be used. */
  readonly exhausted: number
}

interface Counts {
  readonly endpoint: Endpoint
  readonly attempts: Record<AttemptOutcome, number>
  readonly sends: Record<SendOutcome, number>
  fallbacks: number
  recoveries: number
}

const nothing = (endpoint: Endpoint): Counts => ({
  endpoint,
  attempts: { used: 0, failed: 0, superseded: 0, cancelled: 0 },
  sends: { accepted: 0, 'not-accepted': 0, unknown: 0 },
  fallbacks: 0,
  recoveries: 0,
})

/** Counts events. */
export class Metrics {
  /** One entry for each endpoint with events. There are few. */
  #counts: readonly Counts[] = []
  #unroutable = 0
  #exhausted = 0

  attempt({ endpoint, outcome }: Attempt): void {
    this.#at(endpoint).attempts[outcome] += 1
  }

  moved(event: 'fallback' | 'recovered', endpoint: Endpoint): void {
    this.#at(endpoint)[event === 'fallback' ? 'fallbacks' : 'recoveries'] += 1
  }

  exhausted(): void {
    this.#exhausted += 1
  }

  sent(endpoint: Endpoint | undefined, outcome: SendOutcome): void {
    if (endpoint) this.#at(endpoint).sends[outcome] += 1
    else this.#unroutable += 1
  }

  /** A snapshot of the counters. */
  read({ rungs, endpoint: used }: SelectorState, pool: PoolState): TransportMetrics {
    return {
      endpoints: rungs.map(({ endpoint, status }) => {
        const { attempts, sends, fallbacks, recoveries } = this.#find(endpoint) ?? nothing(endpoint)
        const inUse = used !== undefined && isSameEndpoint(endpoint, used)
        return { endpoint, status, inUse, attempts: { ...attempts }, fallbacks, recoveries, sends: { ...sends } }
      }),
      unroutable: this.#unroutable,
      exhausted: this.#exhausted,
      ...pool,
    }
  }

  #at(endpoint: Endpoint): Counts {
    const known = this.#find(endpoint)
    if (known) return known
    const counts = nothing(endpoint)
    // An array of exact length: V8 reserves room for 16 more elements in one that grows.
    this.#counts = this.#counts.concat(counts)
    return counts
  }

  #find(endpoint: Endpoint): Counts | undefined {
    return this.#counts.find((one) => isSameEndpoint(one.endpoint, endpoint))
  }
}
