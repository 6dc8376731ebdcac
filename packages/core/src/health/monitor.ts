import { type Clock, systemClock } from '../clock.ts'
import { type Endpoint, isSameEndpoint } from '../endpoint.ts'
import type { ConnectOptions, RungState, SelectorState } from '../selection/selector-state.ts'
import { untilAborted } from '../selection/until-aborted.ts'
import { assertPositive } from '../settings/assert-positive.ts'
import { settingsError } from '../settings/issue.ts'
import type { Locale } from '../text/index.ts'
import { failedReport, type HealthReport, reportFrom } from './report.ts'

/** What a monitor observes: an endpoint selector, or a transport that has one. */
export interface HealthSource {
  /** The current state. Makes no connection. */
  state(): SelectorState
  /** Checks the endpoints over the network. Rejects if none works. */
  examine(options: ConnectOptions): Promise<Endpoint>
}

/** Options of a health monitor. */
export interface HealthMonitorOptions {
  /** Milliseconds for which a result or an accepted message is current, so that no new check is made. @default 30000 */
  readonly ttl?: number | undefined
  /**
   * Milliseconds after the ttl for which the last result is still returned while a new check runs. After that, callers wait
   * for the check.
   *
   * @default 300000
   */
  readonly maxStale?: number | undefined
  /** Milliseconds one check may take; `Infinity` for no limit. Default: the deadline of the source, 30 s. */
  readonly deadline?: number | undefined
  /** The language of the warning about an expiring certificate; failures are in the language of the source. @default 'en' */
  readonly locale?: Locale | undefined
  /** The source of time, for tests. */
  readonly clock?: Clock | undefined
}

/** Reports the health of a source. */
export interface HealthMonitor {
  /** The last report, of any age. */
  readonly last: HealthReport | undefined
  /** Milliseconds for which a report is current. */
  readonly ttl: number
  /**
   * Returns the last result if it is current. Otherwise starts one check, shared by all callers. They get the last result
   * while the check runs, unless there is none or it is too old (`maxStale`). Failures of the network never reject.
   *
   * @throws the abort reason of the signal; the check continues for other callers
   * @returns the same object until something changes
   */
  check(options?: { readonly signal?: AbortSignal | undefined }): Promise<HealthReport>
}

/**
 * Reports the health of a selector or transport without connecting for every request.
 *
 * @throws SettingsError for an invalid `ttl`, `maxStale` or `deadline`
 * @example
 * const monitor = createHealthMonitor(transport, { ttl: 30_000 })
 * const { status, message } = await monitor.check()
 */
export function createHealthMonitor(source: HealthSource, options: HealthMonitorOptions = {}): HealthMonitor {
  const { ttl = 30_000, maxStale = 300_000, deadline, clock = systemClock, locale = 'en' } = options
  assertPositive({ ttl, deadline }, locale)
  if (!(typeof maxStale === 'number' && maxStale >= 0)) throw settingsError([{ path: 'maxStale', code: 'not-negative' }], locale)
  let last: HealthReport | undefined
  /** The state from which the last report was built, if that report is based on traffic. */
  let reportedState: SelectorState | undefined
  let checking: Promise<HealthReport> | undefined

  const check = async (): Promise<HealthReport> => {
    try {
      await source.examine({ deadline })
      last = reportFrom(source.state(), locale, clock.now())
    } catch (error) {
      last = failedReport(error, source.state(), locale, clock.now())
    }
    reportedState = undefined
    return last
  }

  const fromTraffic = (state: SelectorState, at: Date): HealthReport => {
    if (!last || !reportedState || !isSame(reportedState, state)) last = reportFrom(state, locale, at.getTime())
    reportedState = state
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
      if (carriesTraffic(state, now, ttl)) return fromTraffic(state, state.lastSuccess!.at)
      reportedState = undefined
      const age = last ? ageOf(last.checkedAt, now) : Infinity
      if (last && age < ttl) return last
      checking ??= check().finally(() => {
        checking = undefined
      })
      if (!last || age >= ttl + maxStale) return (await untilAborted(checking, signal)) ?? throwReason(signal)
      // Possibly no caller awaits this check, so its rejection must be handled here.
      checking.catch(() => {})
      return last
    },
  }
}

/** The absolute difference, because the system clock may be set back. */
function ageOf(at: Date, now: number): number {
  return Math.abs(now - at.getTime())
}

/** Whether the endpoint in use accepted a message within the ttl. An endpoint that has failed since is no longer in use. */
function carriesTraffic({ lastSuccess, endpoint }: SelectorState, now: number, ttl: number): boolean {
  const current = lastSuccess !== undefined && endpoint !== undefined && isSameEndpoint(lastSuccess.endpoint, endpoint)
  return current && lastSuccess.by === 'traffic' && ageOf(lastSuccess.at, now) < ttl
}

/** Whether two states are equal. Whatever is learnt changes a time, an outcome or the endpoint. */
function isSame(one: SelectorState, other: SelectorState): boolean {
  const { endpoint, lastSuccess, lastFallback, rungs } = one
  const isSameChoice = endpoint === other.endpoint && lastFallback === other.lastFallback && isSameTime(lastSuccess?.at, other.lastSuccess?.at)
  return isSameChoice && rungs.every((rung, index) => isSameRung(rung, other.rungs[index]))
}

function isSameRung({ status, failure, triedAt }: RungState, other: RungState | undefined): boolean {
  return status === other?.status && failure === other.failure && isSameTime(triedAt, other.triedAt)
}

function isSameTime(one: Date | undefined, other: Date | undefined): boolean {
  return one?.getTime() === other?.getTime()
}

/** Rejects one aborted caller. The check itself continues for the others. */
function throwReason(signal: AbortSignal | undefined): never {
  throw signal?.reason
}
