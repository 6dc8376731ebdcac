import { type Attempt, type AttemptOutcome, type Endpoint, isSameEndpoint, type RungState, type SelectorState } from '@postern/core'
import type { SendOutcome } from '../delivery/send-outcome.ts'

/** How many messages had each outcome. */
export type SendCounts = Readonly<Record<SendOutcome, number>>

/** What has happened at one endpoint since the transport was made. The counts only grow. */
export interface EndpointMetrics {
  /** The rung. */
  readonly endpoint: Endpoint
  /** How it was last seen. */
  readonly status: RungState['status']
  /** Whether it is the one in use. */
  readonly inUse: boolean
  /** Tries to open a connection to it, by outcome; under `failed` also messages that an open one could not take. */
  readonly attempts: Readonly<Record<AttemptOutcome, number>>
  /** How often traffic has moved down to it. */
  readonly fallbacks: number
  /** How often traffic has come back to it. */
  readonly recoveries: number
  /** The messages whose outcome was decided there. */
  readonly sends: SendCounts
}

/** The counters and gauges of a transport, for whatever exports them. */
export interface TransportMetrics {
  /** Every rung of the ladder, best first. */
  readonly endpoints: readonly EndpointMetrics[]
  /** Messages that no endpoint could be found for. They are `not-accepted`. */
  readonly unroutable: number
  /** How often no rung could be used. */
  readonly exhausted: number
  /** Messages that were handed over and have no outcome yet. */
  readonly pending: number
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

/** Counts what happens. Each message costs one look-up and one increment. */
export class Metrics {
  /** Of the endpoints at which something has happened: a few. */
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

  /** The figures as they stand. Later ones do not change them. */
  read({ rungs, endpoint: used }: SelectorState, pending: number): TransportMetrics {
    return {
      endpoints: rungs.map(({ endpoint, status }) => {
        const { attempts, sends, fallbacks, recoveries } = this.#find(endpoint) ?? nothing(endpoint)
        const inUse = used !== undefined && isSameEndpoint(endpoint, used)
        return { endpoint, status, inUse, attempts: { ...attempts }, fallbacks, recoveries, sends: { ...sends } }
      }),
      unroutable: this.#unroutable,
      exhausted: this.#exhausted,
      pending,
    }
  }

  #at(endpoint: Endpoint): Counts {
    const known = this.#find(endpoint)
    if (known) return known
    const counts = nothing(endpoint)
    // A list of its exact length: one that grows has room for sixteen more.
    this.#counts = this.#counts.concat(counts)
    return counts
  }

  #find(endpoint: Endpoint): Counts | undefined {
    return this.#counts.find((one) => isSameEndpoint(one.endpoint, endpoint))
  }
}
