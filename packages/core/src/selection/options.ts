import { type Clock, systemClock } from '../clock.ts'
import { assertPositive } from '../settings/assert-positive.ts'
import { settingsError } from '../settings/issue.ts'
import type { SettingsError } from '../settings/settings-error.ts'
import type { Endpoint } from '../endpoint.ts'
import { planEndpoints } from '../policy.ts'
import type { SmtpSettings } from '../settings/settings.ts'
import { type Budgets, DEFAULT_DEADLINE, defaultBudgets } from '../smtp/budgets.ts'
import { resolveHost, type Address } from '../smtp/resolve.ts'
import type { CancelSignal } from '../smtp/cancellation.ts'
import type { Dial } from '../smtp/dial.ts'
import type { SessionOptions } from '../smtp/session-options.ts'
import type { Locale } from '../text/index.ts'
import { defaultTiming, type RaceTiming } from './race.ts'
import type { RecheckTiming } from './recheck.ts'

/** Options of all functions that look for an endpoint. */
export interface SelectionOptions {
  /** Aborts the work. */
  readonly signal?: CancelSignal | undefined
  /** Milliseconds for the whole operation; `Infinity` for no limit. @default 30000 */
  readonly deadline?: number | undefined
  /** The timeout of each step, in milliseconds. */
  readonly budgets?: Partial<Budgets> | undefined
  /** The timing of the race. */
  readonly timing?: Partial<RaceTiming> | undefined
  /** The language of failures and advice. @default 'en' */
  readonly locale?: Locale | undefined
  /** The only SASL mechanism to use, such as `LOGIN`. Default: the best one that the server offers. */
  readonly authMethod?: string | undefined
  /** The local address to connect from. It reaches only hosts of its own family, IPv4 or IPv6. */
  readonly localAddress?: string | undefined
  /** Opens connections instead of `net.connect`, for instance through a proxy. The property is read again for each race. */
  readonly dial?: Dial | undefined
  /** The source of time, for tests. */
  readonly clock?: Clock | undefined
}

/** The options with those of a selector. */
interface RecheckedOptions extends SelectionOptions {
  readonly recheck?: Partial<RecheckTiming> | undefined
}

/** Internal options. */
interface InternalOptions extends SelectionOptions {
  /** Resolves the host, for tests. */
  readonly resolve?: SessionOptions['resolve'] | undefined
}

/** The options with defaults applied. */
export interface Resolved {
  readonly deadline: number
  readonly timing: RaceTiming
  readonly session: (signal: CancelSignal) => SessionOptions
}

/** @throws SettingsError for an invalid duration */
export function resolveOptions(settings: SmtpSettings, options: InternalOptions): Resolved {
  assertDurations(options)
  const refusedNames = new Set<string>()
  const budgets = withDefaults(defaultBudgets, options.budgets)
  return {
    deadline: options.deadline ?? DEFAULT_DEADLINE,
    timing: withDefaults(defaultTiming, options.timing),
    session: (signal) => ({
      settings,
      clock: options.clock ?? systemClock,
      budgets,
      locale: options.locale ?? 'en',
      authMethod: options.authMethod,
      signal,
      refusedNames,
      localAddress: options.localAddress,
      dial: options.dial,
      resolve: options.resolve ?? sharedLookup(settings.host),
    }),
  }
}

/**
 * Validates the durations. NaN, or a text from the environment, would end every wait immediately.
 *
 * @throws SettingsError with each invalid option
 */
function assertDurations({ deadline, budgets, timing, recheck, locale }: RecheckedOptions): void {
  if (deadline !== undefined) assertPositive({ deadline }, locale)
  if (budgets) assertPositive(withPrefix('budgets', budgets), locale)
  if (recheck) assertPositive(withPrefix('recheck', recheck), locale)
  if (timing) expectNotNegative(withPrefix('timing', timing), locale)
}

/** 0 is valid for the timing of a race: start every rung at once, or no grace. */
function expectNotNegative(limits: Readonly<Record<string, unknown>>, locale?: Locale): void {
  const wrong = Object.entries(limits).filter(([, ms]) => ms !== undefined && !(typeof ms === 'number' && ms >= 0))
  if (wrong.length > 0) throw settingsError(wrong.map(([path]) => ({ path, code: 'not-negative' })), locale)
}

function withPrefix(prefix: string, values: object): Record<string, number | undefined> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}.${name}`, value as number | undefined]))
}

/** Applies defaults, also for options that are present but undefined. */
export function withDefaults<T extends object>(defaults: T, given: Partial<T> | undefined): T {
  if (!given) return defaults
  return { ...defaults, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) }
}

/** Shares one DNS lookup between the rungs of a race, which have the same host. */
function sharedLookup(host: string): SessionOptions['resolve'] {
  let known: Promise<readonly Address[]> | undefined
  return (bounds) => {
    known ??= resolveHost(host, bounds).catch((error: unknown) => {
      // Do not reuse an aborted lookup.
      if (bounds.signal.aborted) known = undefined
      throw error
    })
    return known
  }
}

/**
 * Validates the settings and options of a selector.
 *
 * @throws SettingsError for an invalid duration, and if the settings allow no endpoint
 */
export function expectSelectable(settings: SmtpSettings, options: RecheckedOptions): void {
  assertDurations(options)
  if (mayBeEmpty(settings)) endpointsFor(settings, options.locale)
}

/** Whether such settings may allow no endpoint. This is much faster than planning the ladder. */
function mayBeEmpty({ security, candidates, policy }: SmtpSettings): boolean {
  const isUsual = candidates === undefined || (candidates.length > 0 && candidates.every((one) => one.security !== 'none'))
  return security === 'none' || policy?.implicitTls === 'never' || !isUsual
}

/**
 * The ladder.
 *
 * @throws SettingsError if it is empty
 */
export function endpointsFor(settings: SmtpSettings, locale?: Locale): readonly Endpoint[] {
  const endpoints = planEndpoints(settings)
  if (endpoints.length > 0) return endpoints
  const clear = settings.security === 'none' || settings.candidates?.every(({ security }) => security === 'none')
  throw clear ? cleartextRefused(settings.host, locale) : implicitRefused(settings.host, locale)
}

/** A policy may exclude all ports of a known provider. */
function implicitRefused(host: string, locale?: Locale): SettingsError {
  return settingsError([{ path: 'policy.implicitTls', code: 'no-port', values: { host } }], locale)
}

/** The issue with `security: 'none'` for a host that is not loopback. */
export function cleartextRefused(host: string, locale?: Locale): SettingsError {
  return settingsError([{ path: 'security', code: 'cleartext-refused', values: { host } }], locale)
}
