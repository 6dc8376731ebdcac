import { type Clock, systemClock } from '../clock.ts'
import { type Endpoint, endpointKey } from '../endpoint.ts'
import { diagnose } from '../failure/diagnose.ts'
import { NoUsableEndpointError } from '../selection/no-usable-endpoint-error.ts'
import type { ConnectOptions, RungState, SelectorState } from '../selection/selector-state.ts'
import { certificateEnds } from '../rules/certificate-ends.ts'
import { untilAborted } from '../selection/until-aborted.ts'
import { expectPositive } from '../settings/expect-positive.ts'
import { SettingsError } from '../settings/settings-error.ts'
import type { Locale } from '../text/index.ts'

/** What a monitor watches: an endpoint selector, or a transport that has one. */
export interface HealthSource {
  /** What is known now. Makes no connection. */
  state(): SelectorState
  /** Makes a real check, and rejects with the reason where nothing works. */
  examine(options: ConnectOptions): Promise<Endpoint>
}

/** Options of a monitor. */
export interface HealthMonitorOptions {
  /** Milliseconds for which a result, or an accepted message, is enough and no new check is made. @default 30000 */
  readonly ttl?: number | undefined
  /**
   * Milliseconds beyond the ttl for which the last result is returned at once while a new check runs. After that the
   * check is waited for.
   *
   * @default 300000
   */
  readonly stale?: number | undefined
  /** Milliseconds one check may take, and so the longest wait for a report; `Infinity` for no limit. Default: the source's own, 30 s. */
  readonly deadline?: number | undefined
  /** The language of the monitor's own warning, about a certificate that ends soon; failures are in the source's. @default 'en' */
  readonly locale?: Locale | undefined
  /** Where time comes from; for tests. */
  readonly clock?: Clock | undefined
}

/** The health of a mail connection. It holds no secret, but names hosts and ports: show it to authorised users only. */
export interface HealthReport {
  /** `pass`: the best rung works. `warn`: only a lower one does, or a certificate ends soon. `fail`: none does. */
  readonly status: 'pass' | 'warn' | 'fail'
  /** When the check was made, or the message accepted. */
  readonly checkedAt: Date
  /** What is wrong, in a sentence; absent when the status is `pass`. */
  readonly message?: string
  /** What to do about it. */
  readonly advice?: string
  /** The endpoint in use. */
  readonly endpoint?: Endpoint
  /** When it was last seen to work, and how. */
  readonly proof?: SelectorState['proof']
  /** When traffic last moved to a lower rung, and why. */
  readonly lastFallback?: SelectorState['lastFallback']
  /** Every rung of the ladder, best first. */
  readonly rungs: readonly RungState[]
}

/** Reports the health of a source. */
export interface HealthMonitor {
  /** The last report, however old. */
  readonly last: HealthReport | undefined
  /** Milliseconds for which a report holds. */
  readonly ttl: number
  /**
   * Returns what is known if it is recent enough. Otherwise makes one check, however many callers there are: until it
   * ends they get the last result, and only the first check is waited for. Never rejects for what the network does.
   *
   * @throws the reason of the signal when that is aborted; the check goes on for other callers
   * @returns the same object as long as nothing has changed
   */
  check(options?: { readonly signal?: AbortSignal | undefined }): Promise<HealthReport>
}

/**
 * Watches a selector or transport without a connection for each question.
 *
 * @throws SettingsError for a ttl, stale or deadline that is not a duration
 * @example
 * const monitor = createHealthMonitor(transport, { ttl: 30_000 })
 * const { status, message } = await monitor.check()
 */
export function createHealthMonitor(source: HealthSource, options: HealthMonitorOptions = {}): HealthMonitor {
  const { ttl = 30_000, stale = 300_000, deadline, clock = systemClock, locale = 'en' } = options
  expectPositive({ ttl, deadline })
  if (!(typeof stale === 'number' && stale >= 0)) throw new SettingsError([{ path: 'stale', message: 'should be 0 or more.' }])
  let last: HealthReport | undefined
  /** The state behind the last report, where that came from traffic. */
  let seen: SelectorState | undefined
  let checking: Promise<HealthReport> | undefined

  const check = async (): Promise<HealthReport> => {
    try {
      await source.examine({ deadline })
      last = reportFrom(source.state(), locale, clock.now())
    } catch (error) {
      last = failed(error, source.state(), locale, clock.now())
    }
    seen = undefined
    return last
  }

  const fromTraffic = (state: SelectorState, at: Date): HealthReport => {
    if (!last || !seen || !isSame(seen, state)) last = reportFrom(state, locale, at.getTime())
    seen = state
    return last
  }

  return {
    ttl,
    get last() {
      return last
    },
    async check({ signal } = {}) {
      const state = source.state()
      const now = clock.now()
      if (carriesTraffic(state, now, ttl)) return fromTraffic(state, state.proof!.at)
      seen = undefined
      const age = last ? ageOf(last.checkedAt, now) : Infinity
      if (last && age < ttl) return last
      checking ??= check().finally(() => {
        checking = undefined
      })
      if (!last || age >= ttl + stale) return (await untilAborted(checking, signal)) ?? gone(signal)
      // No caller may be waiting for the check that was just started.
      checking.catch(() => {})
      return last
    },
  }
}

/** A clock may be set back: a time in the future is as old as it is far away. */
function ageOf(at: Date, now: number): number {
  return Math.abs(now - at.getTime())
}

/** Whether a message was accepted within the ttl by the endpoint in use. One that has failed since is no longer in use. */
function carriesTraffic({ proof, endpoint }: SelectorState, now: number, ttl: number): boolean {
  const current = proof !== undefined && endpoint !== undefined && endpointKey(proof.endpoint) === endpointKey(endpoint)
  return current && proof.by === 'traffic' && ageOf(proof.at, now) < ttl
}

/** Whether nothing was learned in between: the parts of a state are replaced, never changed, and each rung has the time of its last attempt. */
function isSame(one: SelectorState, other: SelectorState): boolean {
  const { endpoint, proof, lastFallback, rungs } = one
  const parts = endpoint === other.endpoint && proof === other.proof && lastFallback === other.lastFallback
  return parts && rungs.every(({ triedAt }, index) => triedAt === other.rungs[index]?.triedAt)
}

function reportFrom(state: SelectorState, locale: Locale, now: number): HealthReport {
  const { endpoint, proof, lastFallback, rungs } = state
  const best = rungs[0]
  const used = rungs.find((rung) => endpoint && endpointKey(rung.endpoint) === endpointKey(endpoint))
  const lower = used !== undefined && used !== best
  const warning = (lower ? best?.failure : undefined) ?? (used && certificateEnds(used.endpoint, used.tls, now, locale))
  return {
    status: lower || warning ? 'warn' : 'pass',
    checkedAt: new Date(now),
    ...(warning && { message: warning.message, advice: warning.advice }),
    ...(endpoint && { endpoint }),
    ...(proof && { proof }),
    ...(lastFallback && { lastFallback }),
    rungs,
  }
}

function failed(error: unknown, state: SelectorState, locale: Locale, now: number): HealthReport {
  const { message, advice } = NoUsableEndpointError.isInstance(error) ? error.diagnosis : diagnose(error, { locale })
  const { proof, lastFallback, rungs } = state
  const known = { ...(proof && { proof }), ...(lastFallback && { lastFallback }), rungs }
  return { status: 'fail', checkedAt: new Date(now), message, advice, ...known }
}

/** The caller's abort does not stop the check, which others may be waiting for. */
function gone(signal: AbortSignal | undefined): never {
  throw signal?.reason
}
