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

/** What can be asked how it is: an endpoint selector, or a transport that has one. */
export interface HealthSource {
  /** What is known now. Makes no connection. */
  state(): SelectorState
  /** Makes a real check, and rejects with why nothing works. */
  examine(options: ConnectOptions): Promise<Endpoint>
}

/** How to watch. */
export interface HealthMonitorOptions {
  /** Milliseconds for which a result, or a message that was accepted, answers further questions. @default 30000 */
  readonly ttl?: number | undefined
  /**
   * Milliseconds beyond the ttl for which the last result is given at once while a new check runs. What is older than
   * that says too little: then the check is waited for.
   *
   * @default 300000
   */
  readonly stale?: number | undefined
  /** Milliseconds one check may take, and so the longest anybody waits. Default: the source's own, 30 s. */
  readonly deadline?: number | undefined
  /** The language of what the monitor itself says, of a certificate that ends soon; what failed is said in the source's. @default 'en' */
  readonly locale?: Locale | undefined
  /** Where time comes from; for tests. */
  readonly clock?: Clock | undefined
}

/** How the mail is doing. It holds no secret, but names hosts and ports: show it to those who are authorised. */
export interface HealthReport {
  /** `pass`: the best rung carries mail. `warn`: a lower one does, or a certificate ends soon. `fail`: nothing does. */
  readonly status: 'pass' | 'warn' | 'fail'
  /** When the evidence for it was seen. */
  readonly checkedAt: Date
  /** What is wrong, in a sentence; absent when nothing is. */
  readonly message?: string
  /** What to do about it. */
  readonly advice?: string
  /** Where the mail goes over now. */
  readonly endpoint?: Endpoint
  /** When it was last seen to work, and how. */
  readonly proof?: SelectorState['proof']
  /** When traffic last moved to a lower rung, and why. */
  readonly lastFallback?: SelectorState['lastFallback']
  /** Every rung of the ladder, best first. */
  readonly rungs: readonly RungState[]
}

/** Watches over a source. */
export interface HealthMonitor {
  /** The last report, however old. */
  readonly last: HealthReport | undefined
  /** Milliseconds for which a report holds. */
  readonly ttl: number
  /**
   * Answers from what is known if that is young enough. Else makes one check, whoever asks meanwhile: the last result is
   * given until it ends, and waited for is the first check alone. Never rejects for what the network does.
   *
   * @throws the signal's reason when it fires; the check goes on for the others
   * @returns the same object as long as nothing has changed
   */
  check(options?: { readonly signal?: AbortSignal | undefined }): Promise<HealthReport>
}

/**
 * Watches over a selector or transport without knocking at the server's door each time somebody asks.
 *
 * @throws SettingsError for a ttl or deadline that is none
 * @example
 * const monitor = createHealthMonitor(transport, { ttl: 30_000 })
 * const { status, message } = await monitor.check()
 */
export function createHealthMonitor(source: HealthSource, options: HealthMonitorOptions = {}): HealthMonitor {
  const { ttl = 30_000, stale = 300_000, deadline, clock = systemClock, locale = 'en' } = options
  expectPositive({ ttl, deadline })
  if (!(typeof stale === 'number' && stale >= 0)) throw new SettingsError([{ path: 'stale', message: 'should be 0 or more.' }])
  let last: HealthReport | undefined
  /** What the last report was made from, where that was traffic. */
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
      // Nobody may be waiting for the check that was just begun.
      checking.catch(() => {})
      return last
    },
  }
}

/** A machine's clock is put back at times: what was seen in an hour that is yet to come says as little as what is as old. */
function ageOf(at: Date, now: number): number {
  return Math.abs(now - at.getTime())
}

/** Whether a message was accepted lately, at the endpoint that is still the choice: one that has failed since proves nothing. */
function carriesTraffic({ proof, endpoint }: SelectorState, now: number, ttl: number): boolean {
  const current = proof !== undefined && endpoint !== undefined && endpointKey(proof.endpoint) === endpointKey(endpoint)
  return current && proof.by === 'traffic' && ageOf(proof.at, now) < ttl
}

/** Whether nothing has been learnt since: the parts of a state are replaced, never changed, and every look at a rung has its time. */
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

/** Who stops waiting does not stop the check, which others may be waiting for. */
function gone(signal: AbortSignal | undefined): never {
  throw signal?.reason
}
