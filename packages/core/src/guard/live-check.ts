import type { FailureCode } from '../failure/failure.ts'
import { probe } from '../probe/probe.ts'
import { examinePorts } from '../probe/examine-ports.ts'
import type { ProviderPort } from '../providers/provider.ts'
import type { SmtpSettings, TlsSettings } from '../settings/settings.ts'
import type { CancelSignal } from '../smtp/cancellation.ts'
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

/** Connects to each port that may be tried, and logs in on the best one if that is wanted. */
export async function checkLive(settings: SmtpSettings, login: boolean, rules: LiveRules, signal: CancelSignal): Promise<LiveResult> {
  const posted = postedPort(settings)
  const ladder = ladderOf(settings.host, rules)
  const ports = posted && !ladder.some((one) => isSame(one, posted)) ? [...ladder, posted] : ladder
  // By the ports alone, so that whether one is refused says nothing about the host, and the reverse.
  const target = await checkTarget(settings.host, rules, signal)
  const { auth, clientName } = settings
  const tls = strictestTls(rules.tls, settings.tls)

  const ask = async (port: ProviderPort, login: boolean): Promise<PortOutcome> => {
    if (!target.allowed) return outcome(port, target.code)
    if (!isMailPort(port.port, settings.host, rules)) return outcome(port, 'target-forbidden')
    const { host, addresses } = target
    const { failure } = await probe({ host, ...port }, { addresses, tls, clientName, signal, auth, login })
    return outcome(port, failure?.code ?? null)
  }

  const { reports, best } = await examinePorts(ports, () => true, login && auth !== undefined, ask)
  const asPosted = !posted || reports.some((one) => one.ok && isSame(one, posted))
  return { outcomes: reports, recommended: ports[best], ok: asPosted && reports[best]?.ok === true }
}

function outcome({ port, security }: ProviderPort, code: FailureCode | null): PortOutcome {
  return { port, security, ok: code === null, code }
}

function isSame(one: ProviderPort, other: ProviderPort): boolean {
  return one.port === other.port && one.security === other.security
}
