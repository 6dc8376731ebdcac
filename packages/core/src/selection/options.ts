import { type Clock, systemClock } from '../clock.ts'
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

/** What may be said to everything that looks for an endpoint. */
export interface SelectionOptions {
  /** Calls the work off. */
  readonly signal?: CancelSignal | undefined
  /** Milliseconds everything together may take. @default 30000 */
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
  /** Opens the connections in place of Node's own `net.connect`, for instance through a proxy. Read anew whenever a ladder is begun. */
  readonly dial?: Dial | undefined
  /** Where time comes from; for tests. */
  readonly clock?: Clock | undefined
}

/** The options with every default filled in. */
export interface Resolved {
  readonly deadline: number
  readonly timing: RaceTiming
  readonly session: (signal: CancelSignal) => SessionOptions
}

export function resolveOptions(settings: SmtpSettings, options: SelectionOptions): Resolved {
  return {
    deadline: options.deadline ?? DEFAULT_DEADLINE,
    timing: { ...defaultTiming, ...options.timing },
    session: (signal) => ({
      settings,
      clock: options.clock ?? systemClock,
      budgets: { ...defaultBudgets, ...options.budgets },
      locale: options.locale ?? 'en',
      authMethod: options.authMethod,
      signal,
      localAddress: options.localAddress,
      dial: options.dial,
      resolve: sharedLookup(settings.host),
    }),
  }
}

/** All the rungs of one race have the same host: it is looked up once. */
function sharedLookup(host: string): SessionOptions['resolve'] {
  let known: Promise<readonly Address[]> | undefined
  return (bounds) => {
    known ??= resolveHost(host, bounds).catch((error: unknown) => {
      // A look-up that was called off says nothing about the host.
      if (bounds.signal.aborted) known = undefined
      throw error
    })
    return known
  }
}

/**
 * The ladder, which wrong settings may leave empty.
 *
 * @throws SettingsError
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
