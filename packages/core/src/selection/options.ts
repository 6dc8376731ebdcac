import { type Clock, systemClock } from '../clock.ts'
import { assertPositive } from '../settings/assert-positive.ts'
import { SettingsError } from '../settings/settings-error.ts'
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

/** Options of everything that looks for an endpoint. */
export interface SelectionOptions {
  /** Aborts the work. */
  readonly signal?: CancelSignal | undefined
  /** Milliseconds everything together may take; `Infinity` for no limit. @default 30000 */
  readonly deadline?: number | undefined
  /** Milliseconds each wait may take. */
  readonly budgets?: Partial<Budgets> | undefined
  /** The timing of the race. */
  readonly timing?: Partial<RaceTiming> | undefined
  /** The language of failures and advice. @default 'en' */
  readonly locale?: Locale | undefined
  /** The one SASL mechanism to log in with: `LOGIN`. Default: the best of those the server offers. */
  readonly authMethod?: string | undefined
  /** The address of this machine to connect from. It reaches the hosts of its own family, IPv4 or IPv6, alone. */
  readonly localAddress?: string | undefined
  /** Opens the connections in place of Node's own `net.connect`, for instance through a proxy. Read again for each race. */
  readonly dial?: Dial | undefined
  /** Where time comes from; for tests. */
  readonly clock?: Clock | undefined
}

/** What a selector has beside these. */
interface RecheckedOptions extends SelectionOptions {
  readonly recheck?: Partial<RecheckTiming> | undefined
}

/** Options that are not public. */
interface InternalOptions extends SelectionOptions {
  /** Looks the host up; for tests. */
  readonly resolve?: SessionOptions['resolve'] | undefined
}

/** The options with every default filled in. */
export interface Resolved {
  readonly deadline: number
  readonly timing: RaceTiming
  readonly session: (signal: CancelSignal) => SessionOptions
}

/** @throws SettingsError for a duration that is not one */
export function resolveOptions(settings: SmtpSettings, options: InternalOptions): Resolved {
  assertDurations(options)
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
      localAddress: options.localAddress,
      dial: options.dial,
      resolve: options.resolve ?? sharedLookup(settings.host),
    }),
  }
}

/**
 * Checks the durations among the options: a NaN, or a text from the environment, would end every wait at once.
 *
 * @throws SettingsError that names each option that is wrong
 */
function assertDurations({ deadline, budgets, timing, recheck }: RecheckedOptions): void {
  if (deadline !== undefined) assertPositive({ deadline })
  if (budgets) assertPositive(withPrefix('budgets', budgets))
  if (recheck) assertPositive(withPrefix('recheck', recheck))
  if (timing) expectNotNegative(withPrefix('timing', timing))
}

/** 0 is a choice for the timing of a race: every rung at once, or no grace. */
function expectNotNegative(limits: Readonly<Record<string, unknown>>): void {
  const wrong = Object.entries(limits).filter(([, ms]) => ms !== undefined && !(typeof ms === 'number' && ms >= 0))
  if (wrong.length > 0) throw new SettingsError(wrong.map(([path]) => ({ path, message: 'should be a number of 0 or more.' })))
}

function withPrefix(prefix: string, values: object): Record<string, number | undefined> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}.${name}`, value as number | undefined]))
}

/** An option that is there and undefined has its default, too. */
export function withDefaults<T extends object>(defaults: T, given: Partial<T> | undefined): T {
  if (!given) return defaults
  return { ...defaults, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) }
}

/** All rungs of a race have the same host: it is looked up once. */
function sharedLookup(host: string): SessionOptions['resolve'] {
  let known: Promise<readonly Address[]> | undefined
  return (bounds) => {
    known ??= resolveHost(host, bounds).catch((error: unknown) => {
      // A look-up that was aborted says nothing about the host.
      if (bounds.signal.aborted) known = undefined
      throw error
    })
    return known
  }
}

/**
 * Checks what a selector is made with.
 *
 * @throws SettingsError for a duration that is not one, and where the settings leave no endpoint
 */
export function expectSelectable(settings: SmtpSettings, options: RecheckedOptions): void {
  assertDurations(options)
  if (mayBeEmpty(settings)) endpointsFor(settings)
}

/** Whether settings like these can leave no endpoint. Planning the ladder takes much longer than to see that. */
function mayBeEmpty({ security, candidates, policy }: SmtpSettings): boolean {
  const isUsual = candidates === undefined || (candidates.length > 0 && candidates.every((one) => one.security !== 'none'))
  return security === 'none' || policy?.implicitTls === 'never' || !isUsual
}

/**
 * The ladder.
 *
 * @throws SettingsError where the settings leave it empty
 */
export function endpointsFor(settings: SmtpSettings): readonly Endpoint[] {
  const endpoints = planEndpoints(settings)
  if (endpoints.length > 0) return endpoints
  const clear = settings.security === 'none' || settings.candidates?.every(({ security }) => security === 'none')
  throw clear ? cleartextRefused(settings.host) : implicitRefused(settings.host)
}

/** A policy may rule out the only ports a known provider has. */
function implicitRefused(host: string): SettingsError {
  return new SettingsError([{ path: 'policy.implicitTls', message: `"never" leaves no port: ${host} has implicit TLS alone.` }])
}

/** What is wrong with `security: 'none'` for another machine. */
export function cleartextRefused(host: string): SettingsError {
  return new SettingsError([
    {
      path: 'security',
      message:
        `"none" would send login and messages to ${host} in clear text. Use "starttls" or "implicit"; ` +
        'policy.allowCleartext is there for test servers.',
    },
  ])
}
