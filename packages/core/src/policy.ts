import { mayBeClear } from './cleartext.ts'
import type { Endpoint } from './endpoint.ts'
import { ALTERNATE_SUBMISSION_PORT, portTable, SMTP_PORT, SUBMISSION_PORT, SUBMISSIONS_PORT } from './ports.ts'
import { providerOfHost } from './providers/lookup.ts'
import { type Provider, securityAt } from './providers/provider.ts'
import type { Candidate, SmtpSettings } from './settings/settings.ts'
import { format } from './text/format.ts'
import { type Locale, type Texts, textsFor } from './text/index.ts'

export { isLoopback } from './cleartext.ts'

/** An endpoint that says why it is there. `why` is not enumerable: it stays out of JSON, spreads and comparisons. */
export interface PlannedEndpoint extends Endpoint {
  readonly why: string
}

/** A rung that was taken, or one that was left out, and why. */
export interface PlanStep extends Candidate {
  readonly taken: boolean
  readonly why: string
}

export interface PlanOptions {
  /** @default 'en' */
  readonly locale?: Locale | undefined
}

type Reason = keyof Texts['plan']
type Wishes = Pick<SmtpSettings, 'security' | 'policy'>

interface Rung extends Candidate {
  readonly taken: boolean
  readonly reason: Reason
  /** The lower, the earlier. */
  readonly rank?: number
}

/**
 * The ladder for these settings, best rung first: 587 and 2525 with STARTTLS, then 465 with implicit TLS. There is no
 * rung below TLS. The ports of a known provider replace the guess; a port the caller set is honoured, alone.
 *
 * @returns at least one endpoint for settings that `parseSettings` made, unless their policy rules out every one
 * @example
 * planEndpoints(parseSettings({ host: 'smtp.example.com' })).map(({ port }) => port) // [587, 2525, 465]
 */
export function planEndpoints(settings: SmtpSettings, { locale = 'en' }: PlanOptions = {}): PlannedEndpoint[] {
  const provider = providerOfHost(settings.host)
  return takenRungs(settings, provider)
    .filter(({ taken }) => taken)
    .map(({ port, security, reason }) => {
      const endpoint = { host: settings.host, port, security }
      // Seldom asked for, and a sentence takes longer to make than the rest of a ladder.
      return Object.defineProperty(endpoint, 'why', { get: () => whyOf(reason, provider, locale) }) as PlannedEndpoint
    })
}

/**
 * Every rung of the ladder, those left out too, each with a sentence that says why.
 *
 * @example
 * explainPlan(parseSettings({ host: 'smtp.gmail.com' })).find(({ port }) => port === 2525)?.why // 'Left out: …'
 */
export function explainPlan(settings: SmtpSettings, { locale = 'en' }: PlanOptions = {}): readonly PlanStep[] {
  const provider = providerOfHost(settings.host)
  return rungsFor(settings, provider).map(({ port, security, taken, reason }) => {
    return { port, security, taken, why: whyOf(reason, provider, locale) }
  })
}

function whyOf(reason: Reason, provider: Provider | undefined, locale: Locale): string {
  return format(textsFor(locale).plan[reason], { provider: provider?.name })
}

function rungsFor(settings: SmtpSettings, provider: Provider | undefined): readonly Rung[] {
  const taken = takenRungs(settings, provider)
  const others: readonly Candidate[] = [...(provider?.ports ?? []), ...portTable]
  const seen = new Set(taken.map(({ port }) => port))
  const left = others
    .filter(({ port }) => !seen.has(port) && seen.add(port))
    .map(({ port, security }) => ({
      port,
      security,
      taken: false,
      reason: absence({ port, security }, settings, provider),
    }))
  return [...taken, ...left].toSorted((a, b) => Number(b.taken) - Number(a.taken))
}

/** Those of the ladder, and those that would be, were they not in the clear. */
function takenRungs(settings: SmtpSettings, provider: Provider | undefined): readonly Rung[] {
  return wantedRungs(settings, provider).map((rung) => clearly(rung, settings))
}

function wantedRungs(settings: SmtpSettings, provider: Provider | undefined): readonly Rung[] {
  const { port, security, candidates } = settings
  if (port !== undefined)
    return [{ port, security: security ?? securityAt(provider, port), taken: true, reason: 'given' }]
  if (candidates) return candidates.map(({ port, security }) => ({ port, security, taken: true, reason: 'given' }))
  if (security === 'none') return [{ port: SUBMISSION_PORT, security, taken: true, reason: 'cleartext' }]
  const wanted = ladder(provider?.ports ?? portTable, settings, provider)
  // Asking for a kind of encryption by name outweighs the policy and the catalogue.
  return wanted.length > 0 || !security ? wanted : ladder(portTable, { security }, undefined)
}

function ladder(ports: readonly Candidate[], wishes: Wishes, provider: Provider | undefined): readonly Rung[] {
  const rungs = ports.map((one) => judge(one, wishes, provider)).filter(({ taken }) => taken)
  return rungs.toSorted((a, b) => a.rank! - b.rank!)
}

/** The one place that decides about a port Postern chooses by itself. */
function judge({ port, security }: Candidate, settings: Wishes, provider: Provider | undefined): Rung {
  const { implicitTls = 'last-resort', allowPort25 = false } = settings.policy ?? {}
  const implicit = security === 'implicit'
  const first = implicit && implicitTls === 'first'
  const rung = (reason: Reason, rank: number): Rung => ({ port, security, taken: true, reason, rank })
  const without = (reason: Reason): Rung => ({ port, security, taken: false, reason })

  if (port === SMTP_PORT) return allowPort25 ? rung('port-25', 1_000) : without('port-25-off')
  if (settings.security && settings.security !== security) return without('not-given')
  if (implicit && implicitTls === 'never' && settings.security === undefined) return without('implicit-never')
  const rank = (implicit ? (first ? -100 : 100) : 0) + (usual[port] ?? 2) + (webPorts.has(port) ? 400 : 0)
  if (provider?.discouraged.includes(port) && !first) return rung('discouraged', rank + 200)
  if (!implicit) return rung(port === SUBMISSION_PORT ? 'first' : provider ? 'provider-alternate' : 'alternate', rank)
  if (settings.security) return rung('given', rank)
  if (first) return rung('implicit-first', rank)
  return rung(provider && !provider.ports.some(isStartTls) ? 'provider-implicit' : 'implicit-last', rank)
}

/** Within a kind of encryption the registered port comes first, then the conventional one, then the provider's order. */
const usual: Readonly<Record<number, number>> = {
  [SUBMISSION_PORT]: 0,
  [SUBMISSIONS_PORT]: 0,
  [ALTERNATE_SUBMISSION_PORT]: 1,
}

/** Some providers take mail here too; so do proxies that expect the web, which is why these come last. */
const webPorts: ReadonlySet<number> = new Set([80, 443])

function isStartTls({ port, security }: Candidate): boolean {
  return security === 'starttls' && port !== SMTP_PORT
}

function clearly(rung: Rung, settings: SmtpSettings): Rung {
  if (rung.security !== 'none') return rung
  return mayBeClear(settings)
    ? { ...rung, reason: 'cleartext' }
    : { ...rung, taken: false, reason: 'cleartext-forbidden' }
}

/** Why a port is not among those taken. */
function absence(one: Candidate, settings: SmtpSettings, provider: Provider | undefined): Reason {
  if (settings.port !== undefined || settings.candidates) return 'not-given'
  const offered = !provider || provider.ports.some(({ port }) => port === one.port)
  if (one.port !== SMTP_PORT && !offered) return 'not-offered'
  const { taken, reason } = judge(one, settings, provider)
  return taken ? 'not-given' : reason
}
