import { type Endpoint, isSameEndpoint } from '../endpoint.ts'
import { diagnose } from '../failure/diagnose.ts'
import type { Failure } from '../failure/failure.ts'
import { certificateExpiring } from '../rules/certificate-expiring.ts'
import { NoUsableEndpointError } from '../selection/no-usable-endpoint-error.ts'
import type { RungState, SelectorState } from '../selection/selector-state.ts'
import { stateInLocale } from '../selection/state-in-locale.ts'
import { inLocale, translatable } from '../text/translatable.ts'
import type { Locale } from '../text/index.ts'

/** The health of a mail connection. It contains no secret, but host names and ports: show it to authorised users only. */
export interface HealthReport {
  /** `pass`: the best rung works. `warn`: only a lower rung works, or a certificate expires soon. `fail`: no rung works. */
  readonly status: 'pass' | 'warn' | 'fail'
  /** When the check was made, or the message was accepted. */
  readonly checkedAt: Date
  /** What is wrong, in a sentence; absent if the status is `pass`. */
  readonly message?: string
  /** What to do, in a sentence. */
  readonly advice?: string
  /** The endpoint in use. */
  readonly endpoint?: Endpoint
  /** When the endpoint last worked, and how that was proved. */
  readonly lastSuccess?: SelectorState['lastSuccess']
  /** When traffic last moved to a lower rung, and why. */
  readonly lastFallback?: SelectorState['lastFallback']
  /** Every rung of the ladder, best first. */
  readonly rungs: readonly RungState[]
}

/**
 * The health as far as a state shows it, by the same rules as a check. Makes no connection.
 *
 * @param now milliseconds since the epoch
 * @returns undefined if a check is needed: nothing was tried, or an endpoint has failed and the others were not tried since
 * @example
 * const status = observedHealth(transport.state(), { locale: 'en', now: Date.now() })?.status ?? 'unknown'
 */
export function observedHealth(state: SelectorState, { locale, now }: { readonly locale: Locale; readonly now: number }): HealthReport | undefined {
  const { endpoint, refusedLogin, exhausted, rungs } = state
  const reason = refusedLogin ?? exhausted?.diagnosis
  if (reason) return withoutEndpoint(reason, state, now)
  if (endpoint) return reportFrom(state, locale, now)
  const [best] = rungs
  const isDown = rungs.every(({ status }) => status === 'down')
  return isDown && best?.failure ? withoutEndpoint(best.failure, state, now) : undefined
}

/** The report of a check that succeeded. */
export function reportFrom(state: SelectorState, locale: Locale, now: number): HealthReport {
  return translatable(workingReport(state, locale, now), (language) => workingReport(stateInLocale(state, language), language, now))
}

function workingReport(state: SelectorState, locale: Locale, now: number): HealthReport {
  const { endpoint, lastSuccess, lastFallback, rungs } = state
  const best = rungs[0]
  const used = rungs.find((rung) => endpoint && isSameEndpoint(rung.endpoint, endpoint))
  const lower = used !== undefined && used !== best
  const warning = (lower ? best?.failure : undefined) ?? (used && certificateExpiring(used.endpoint, used.tls, now, locale))
  return {
    status: lower || warning ? 'warn' : 'pass',
    checkedAt: new Date(now),
    ...(warning && { message: warning.message, advice: warning.advice }),
    ...(endpoint && { endpoint }),
    ...(lastSuccess && { lastSuccess }),
    ...(lastFallback && { lastFallback }),
    rungs,
  }
}

/** The report of a check that failed. */
export function failedReport(error: unknown, state: SelectorState, locale: Locale, now: number): HealthReport {
  return withoutEndpoint(NoUsableEndpointError.isInstance(error) ? error.diagnosis : diagnose(error, { locale }), state, now)
}

function withoutEndpoint(reason: Pick<Failure, 'message' | 'advice'>, state: SelectorState, now: number): HealthReport {
  return translatable(failingReport(reason, state, now), (language) => failingReport(inLocale(reason, language), stateInLocale(state, language), now))
}

function failingReport({ message, advice }: Pick<Failure, 'message' | 'advice'>, state: SelectorState, now: number): HealthReport {
  const { lastSuccess, lastFallback, rungs } = state
  const known = { ...(lastSuccess && { lastSuccess }), ...(lastFallback && { lastFallback }), rungs }
  return { status: 'fail', checkedAt: new Date(now), message, advice, ...known }
}
