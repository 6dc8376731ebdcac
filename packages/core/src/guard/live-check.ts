import type { FailureCode } from '../failure/failure.ts'
import { probe } from '../probe/probe.ts'
import type { ProviderPort } from '../providers/provider.ts'
import type { SmtpSettings, TlsSettings } from '../settings/settings.ts'
import { isMailPort, ladderOf, type PortRules, postedPort } from './ports.ts'
import { strictestTls } from './strictest-tls.ts'
import { checkTarget, type TargetRules } from './target.ts'

/** What became of one port, by code alone: no banner, no reply, no time. */
export interface PortOutcome extends ProviderPort {
  readonly ok: boolean
  /** Why it cannot be used; null when it can. */
  readonly code: FailureCode | null
}

export interface LiveRules extends PortRules, TargetRules {
  readonly tls?: TlsSettings | undefined
}

export interface LiveResult {
  readonly outcomes: readonly PortOutcome[]
  readonly recommended: ProviderPort | undefined
  /** Whether the settings work as they stand. */
  readonly ok: boolean
}

/** Connects to each port that may be tried, side by side, and logs in on the best one if that is wanted. */
export async function checkLive(settings: SmtpSettings, login: boolean, rules: LiveRules, signal: AbortSignal): Promise<LiveResult> {
  const posted = postedPort(settings)
  const ladder = ladderOf(settings.host, rules)
  const ports = posted && !ladder.some((one) => isSame(one, posted)) ? [posted, ...ladder] : ladder
  // By the ports alone, so that whether one is refused says nothing about the host, and the reverse.
  const target = await checkTarget(settings.host, rules, signal)
  const { auth, clientName } = settings
  const tls = strictestTls(rules.tls, settings.tls)

  const ask = async (port: ProviderPort, withLogin: boolean): Promise<PortOutcome> => {
    if (!target.allowed) return outcome(port, target.code)
    if (!isMailPort(port.port, settings.host, rules)) return outcome(port, 'target-forbidden')
    const { host, addresses } = target
    const report = await probe({ host, ...port }, { addresses, tls, clientName, signal, ...(withLogin && { auth }) })
    const mute = auth !== undefined && report.authMechanisms?.length === 0
    return outcome(port, report.failure?.code ?? (mute ? 'auth-not-offered' : null))
  }

  const seen = await Promise.all(ports.map((port) => ask(port, false)))
  const isUp = (port: ProviderPort) => seen.some((one) => one.ok && isSame(one, port))
  const recommended = [...ladder, ...ports].find(isUp)
  // One login, on one port: a refused one that is tried again elsewhere locks accounts.
  const loggedIn = login && auth && recommended ? await ask(recommended, true) : undefined
  const outcomes = seen.map((one) => (loggedIn && isSame(one, loggedIn) ? loggedIn : one))
  const ok = (posted ? isUp(posted) : recommended !== undefined) && loggedIn?.ok !== false
  return { outcomes, recommended, ok }
}

function outcome({ port, security }: ProviderPort, code: FailureCode | null): PortOutcome {
  return { port, security, ok: code === null, code }
}

function isSame(one: ProviderPort, other: ProviderPort): boolean {
  return one.port === other.port && one.security === other.security
}
