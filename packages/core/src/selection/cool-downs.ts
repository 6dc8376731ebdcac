import type { Clock } from '../clock.ts'
import { type Endpoint, endpointKey } from '../endpoint.ts'
import type { RecheckTiming } from './recheck.ts'

/** The state of an endpoint that failed traffic. */
interface CoolDown {
  readonly since: number
  readonly ms: number
  /** The number of consecutive failures. */
  readonly failures: number
}

/**
 * Endpoints that opened, were returned and then failed. A new connection to them proves little, so they are tried last for a
 * while, which doubles with each consecutive failure.
 */
export class CoolDowns {
  readonly #clock: Clock
  readonly #timing: RecheckTiming
  readonly #known = new Map<string, CoolDown>()

  constructor(clock: Clock, timing: RecheckTiming) {
    this.#clock = clock
    this.#timing = timing
  }

  /** Starts a cool-down. During one, further failures are ignored, because several connections may fail together. */
  begin(endpoint: Endpoint): void {
    if (this.remaining(endpoint) > 0) return
    const key = endpointKey(endpoint)
    const { failures = 0 } = this.#known.get(key) ?? {}
    const ms = Math.min(this.#timing.initial * 2 ** failures, this.#timing.max)
    this.#known.set(key, { since: this.#clock.now(), ms, failures: failures + 1 })
  }

  /** Ends the cool-down of an endpoint after a delivery; without an endpoint, all of them. */
  end(endpoint?: Endpoint): void {
    if (endpoint) this.#known.delete(endpointKey(endpoint))
    else this.#known.clear()
  }

  /** The remaining cool-down in milliseconds; 0 if there is none. */
  remaining(endpoint: Endpoint): number {
    const known = this.#known.get(endpointKey(endpoint))
    // The system clock may be set back.
    return known ? Math.max(0, known.ms - Math.abs(this.#clock.now() - known.since)) : 0
  }
}
