import type { Clock } from '../clock.ts'
import { type Endpoint, endpointKey } from '../endpoint.ts'
import type { RecheckTiming } from './recheck.ts'

/** One endpoint that failed traffic. */
interface CoolDown {
  readonly since: number
  readonly ms: number
  /** Failures in a row. */
  readonly failures: number
}

/**
 * Endpoints that opened, were handed out, and then failed. Opening again proves little for them, so they are put back for
 * a while: the longer, the more often that has happened in a row.
 */
export class CoolDowns {
  readonly #clock: Clock
  readonly #timing: RecheckTiming
  readonly #known = new Map<string, CoolDown>()

  constructor(clock: Clock, timing: RecheckTiming) {
    this.#clock = clock
    this.#timing = timing
  }

  /** Several connections that fail together are one failure: while the endpoint is put back already, nothing changes. */
  begin(endpoint: Endpoint): void {
    if (this.remaining(endpoint) > 0) return
    const key = endpointKey(endpoint)
    const { failures = 0 } = this.#known.get(key) ?? {}
    const ms = Math.min(this.#timing.initial * 2 ** failures, this.#timing.max)
    this.#known.set(key, { since: this.#clock.now(), ms, failures: failures + 1 })
  }

  /** A delivery through this endpoint, or, without one, the failure of all of them. */
  end(endpoint?: Endpoint): void {
    if (endpoint) this.#known.delete(endpointKey(endpoint))
    else this.#known.clear()
  }

  /** Milliseconds until the endpoint's time is over; 0 where it has none. */
  remaining(endpoint: Endpoint): number {
    const known = this.#known.get(endpointKey(endpoint))
    // The clock of a machine may be set back.
    return known ? Math.max(0, known.ms - Math.abs(this.#clock.now() - known.since)) : 0
  }
}
