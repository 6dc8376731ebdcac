import { allowsCleartext } from './cleartext.ts'
import type { Endpoint } from './endpoint.ts'
import { ALTERNATE_SUBMISSION_PORT, portTable, SMTP_PORT, SUBMISSION_PORT, SUBMISSIONS_PORT } from './ports.ts'
import { providerOfHost } from './providers/lookup.ts'
import { type Provider, securityAt } from './providers/provider.ts'
import type { Candidate, SmtpSettings } from './settings/settings.ts'
import { format } from './text/format.ts'
import { type Locale, type Texts, textsFor } from './text/index.ts'

export { isLoopback } from './cleartext.ts'

/** An endpoint with the reason why it is in the ladder. `reason` is not enumerable, so JSON, spreads and comparisons omit it. */
export interface PlannedEndpoint extends Endpoint {
  readonly reason: string
}

/** A rung of the ladder, or a port that was left out, with the reason. */
export interface PlanStep extends Candidate {
  readonly included: boolean
  readonly reason: string
}

/** Options of `planEndpoints` and `explainPlan`. */
export interface PlanOptions {
  /** @default 'en' */
  readonly locale?: Locale | undefined
}

type ReasonCode = keyof Texts['plan']
type Preferences = Pick<SmtpSettings, 'security' | 'policy'>

interface Rung extends Candidate {
  readonly included: boolean
  readonly code: ReasonCode
  /** Lower ranks are tried first. */
  readonly rank?: number
}

/**
 * The ladder for these settings, best rung first: 587 and 2525 with STARTTLS, then 465 with implicit TLS. It has no
 * unencrypted rung unless `security: 'none'` is set and allowed. The ports of a known provider replace the default ones. If
 * `port` is set, it is the only rung.
 *
 * @returns at least one endpoint for settings from `parseSettings`, unless their policy excludes every port
 * @example
 * planEndpoints(parseSettings({ host: 'smtp.example.com' })).map(({ port }) => port) // [587, 2525, 465]
 */
export function planEndpoints(settings: SmtpSettings, { locale = 'en' }: PlanOptions = {}): PlannedEndpoint[] {
  const provider = providerOfHost(settings.host)
  return plannedRungs(settings, provider)
    .filter(({ included }) => included)
    .map(({ port, security, code }) => {
      const endpoint = { host: settings.host, port, security }
      // Rarely read, and formatting it takes longer than planning the ladder.
      return Object.defineProperty(endpoint, 'reason', { get: () => reasonFor(code, provider, locale) }) as PlannedEndpoint
    })
}

/**
 * Every rung of the ladder, and every port that was left out, each with a sentence that gives the reason.
 *
 * @example
 * explainPlan(parseSettings({ host: 'smtp.gmail.com' })).find(({ port }) => port === 2525)?.reason // 'Left out: …'
 */
export function explainPlan(settings: SmtpSettings, { locale = 'en' }: PlanOptions = {}): readonly PlanStep[] {
  const provider = providerOfHost(settings.host)
  return rungsFor(settings, provider).map(({ port, security, included, code }) => {
    return { port, security, included, reason: reasonFor(code, provider, locale) }
  })
}

function reasonFor(code: ReasonCode, provider: Provider | undefined, locale: Locale): string {
  return format(textsFor(locale).plan[code], { provider: provider?.name })
}

function rungsFor(settings: SmtpSettings, provider: Provider | undefined): readonly Rung[] {
  const included = plannedRungs(settings, provider)
  const others: readonly Candidate[] = [...(provider?.ports ?? []), ...portTable]
  const seen = new Set(included.map(({ port }) => port))
  const absent = others
    .filter(({ port }) => !seen.has(port) && seen.add(port))
    .map(({ port, security }) => ({
      port,
      security,
      included: false,
      code: reasonLeftOut({ port, security }, settings, provider),
    }))
  return [...included, ...absent].toSorted((a, b) => Number(b.included) - Number(a.included))
}

/** The rungs of the ladder, and those that the cleartext policy removes from it, with `included: false`. */
function plannedRungs(settings: SmtpSettings, provider: Provider | undefined): readonly Rung[] {
  return wantedRungs(settings, provider).map((rung) => applyCleartextPolicy(rung, settings))
}

function wantedRungs(settings: SmtpSettings, provider: Provider | undefined): readonly Rung[] {
  const { port, security, candidates } = settings
  if (port !== undefined)
    return [{ port, security: security ?? securityAt(provider, port), included: true, code: 'given' }]
  if (candidates) return candidates.map(({ port, security }) => ({ port, security, included: true, code: 'given' }))
  if (security === 'none') return [{ port: SUBMISSION_PORT, security, included: true, code: 'cleartext' }]
  const wanted = ladder(provider?.ports ?? portTable, settings, provider)
  // An explicit `security` takes precedence over the policy and the provider catalogue.
  return wanted.length > 0 || !security ? wanted : ladder(portTable, { security }, undefined)
}

function ladder(ports: readonly Candidate[], preferences: Preferences, provider: Provider | undefined): readonly Rung[] {
  const rungs = ports.map((one) => rate(one, preferences, provider)).filter(({ included }) => included)
  return rungs.toSorted((a, b) => a.rank! - b.rank!)
}

/** Decides whether a port that the caller did not set becomes a rung, and at which rank. */
function rate({ port, security }: Candidate, settings: Preferences, provider: Provider | undefined): Rung {
  const { implicitTls = 'last-resort', allowPort25 = false } = settings.policy ?? {}
  const implicit = security === 'implicit'
  const first = implicit && implicitTls === 'first'
  const rung = (code: ReasonCode, rank: number): Rung => ({ port, security, included: true, code, rank })
  const leftOut = (code: ReasonCode): Rung => ({ port, security, included: false, code })

  if (port === SMTP_PORT) return allowPort25 ? rung('port-25', 1_000) : leftOut('port-25-off')
  if (settings.security && settings.security !== security) return leftOut('not-given')
  if (implicit && implicitTls === 'never' && settings.security === undefined) return leftOut('implicit-never')
  const rank = (implicit ? (first ? -100 : 100) : 0) + (portOrder[port] ?? 2) + (webPorts.has(port) ? 400 : 0)
  if (provider?.discouraged.includes(port) && !first) return rung('discouraged', rank + 200)
  if (!implicit) return rung(port === SUBMISSION_PORT ? 'first' : provider ? 'provider-alternate' : 'alternate', rank)
  if (settings.security) return rung('given', rank)
  if (first) return rung('implicit-first', rank)
  return rung(provider && !provider.ports.some(isStartTls) ? 'provider-implicit' : 'implicit-last', rank)
}

/** Among ports of the same security: the registered port, then 2525, then the others in the provider's order. */
const portOrder: Readonly<Record<number, number>> = {
  [SUBMISSION_PORT]: 0,
  [SUBMISSIONS_PORT]: 0,
  [ALTERNATE_SUBMISSION_PORT]: 1,
}

/** Some providers accept mail on these ports. They come last, because proxies expect HTTP there. */
const webPorts: ReadonlySet<number> = new Set([80, 443])

function isStartTls({ port, security }: Candidate): boolean {
  return security === 'starttls' && port !== SMTP_PORT
}

function applyCleartextPolicy(rung: Rung, settings: SmtpSettings): Rung {
  if (rung.security !== 'none') return rung
  return allowsCleartext(settings)
    ? { ...rung, code: 'cleartext' }
    : { ...rung, included: false, code: 'cleartext-forbidden' }
}

/** Why a port is not in the ladder. */
function reasonLeftOut(one: Candidate, settings: SmtpSettings, provider: Provider | undefined): ReasonCode {
  if (settings.port !== undefined || settings.candidates) return 'not-given'
  const offered = !provider || provider.ports.some(({ port }) => port === one.port)
  if (one.port !== SMTP_PORT && !offered) return 'not-offered'
  const { included, code } = rate(one, settings, provider)
  return included ? 'not-given' : code
}
