import type { Clock, HealthMonitor } from '@postern/core'
import { healthMonitorFor } from '@postern/core/http'
import type { NamedMailer } from '../mailer.ts'

/** Milliseconds for which the first page waits for the first check. */
const FIRST_CHECK = 1_000

/** What a watch needs. */
export interface HealthWatchOptions {
  /** Milliseconds for which a check or an accepted message proves the health; `Infinity`: no checks. */
  readonly checkEvery: number
  readonly clock: Clock
  /** Called after each check. */
  readonly onChange: () => void
}

/**
 * Checks the mailers while somebody watches: without traffic, nothing else would show that a server is down. Core's monitor makes
 * at most one check per period for all viewers, and none while messages are accepted.
 */
export class HealthWatch {
  readonly #monitors: readonly HealthMonitor[]
  readonly #options: HealthWatchOptions

  constructor(mailers: readonly NamedMailer[], options: HealthWatchOptions) {
    const { checkEvery, clock } = options
    this.#options = options
    this.#monitors = checkEvery === Infinity ? [] : mailers.map(({ mailer }) => healthMonitorFor(mailer, { ttl: checkEvery, clock }))
  }

  /** Starts the checks that are due. Resolves when they have ended. */
  async look(): Promise<void> {
    await Promise.all(this.#monitors.map((monitor) => this.#check(monitor)))
  }

  /** The same, for at most a second. */
  async glance(): Promise<void> {
    const { clock } = this.#options
    let cancel: (() => void) | undefined
    const late = new Promise<void>((resolve) => (cancel = clock.after(FIRST_CHECK, resolve)))
    await Promise.race([this.look(), late])
    cancel?.()
  }

  async #check(monitor: HealthMonitor): Promise<void> {
    const { last } = monitor
    if ((await monitor.check()) !== last) this.#options.onChange()
  }
}
