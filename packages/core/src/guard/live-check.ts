import type { FailureCode } from '../failure/failure.ts'
import { probe, type FurtherTests } from '../probe/probe.ts'
import { examinePorts } from '../probe/examine-ports.ts'
import type { ProviderPort } from '../providers/provider.ts'
import type { SmtpSettings, TlsSettings } from '../settings/settings.ts'
import type { CancelSignal } from '../smtp/cancellation.ts'
import { isMailPort, ladderOf, type PortRules, postedPort } from './ports.ts'
import { strictestTls } from './strictest-tls.ts'
import { checkTarget, type TargetRules } from './target.ts'

/** The result for one port. It has a code, but no banner, reply text or timing. */
export interface PortOutcome extends ProviderPort {
  readonly ok: boolean
  /** Why the port cannot be used; null if it can. */
  readonly code: FailureCode | null
}

export interface LiveRules extends PortRules, TargetRules {
  readonly tls?: TlsSettings | undefined
}

export interface LiveResult {
  readonly outcomes: readonly PortOutcome[]
  readonly recommended: ProviderPort | undefined
  /** Whether the settings work without a change. */
  readonly ok: boolean
}

/** Connects to each permitted port, and tests the login and the sender on the best one if requested. */
export async function checkLive(settings: SmtpSettings, { login, sender }: FurtherTests, rules: LiveRules, signal: CancelSignal): Promise<LiveResult> {
  const posted = postedPort(settings)
  const ladder = ladderOf(settings.host, rules)
  const ports = posted && !ladder.some((one) => isSame(one, posted)) ? [...ladder, posted] : ladder
  // Ports and host are checked independently, so that a refusal of one reveals nothing about the other.
  const target = await checkTarget(settings.host, rules, signal)
  const { auth, clientName } = settings
  const tls = strictestTls(rules.tls, settings.tls)

  const ask = async (port: ProviderPort, isLast: boolean): Promise<PortOutcome> => {
    if (!target.allowed) return outcome(port, target.code)
    if (!isMailPort(port.port, settings.host, rules)) return outcome(port, 'target-forbidden')
    const { host, addresses } = target
    const { failure } = await probe({ host, ...port }, { addresses, tls, clientName, signal, auth, ...(isLast ? { login, checkSender: sender } : { login: false }) })
    return outcome(port, failure?.code ?? null)
  }

  const { reports, best } = await examinePorts(ports, () => true, (login && auth !== undefined) || sender !== undefined, ask)
  const asPosted = !posted || reports.some((one) => one.ok && isSame(one, posted))
  return { outcomes: reports, recommended: ports[best], ok: asPosted && reports[best]?.ok === true }
}

function outcome({ port, security }: ProviderPort, code: FailureCode | null): PortOutcome {
  return { port, security, ok: code === null, code }
}

function isSame(one: ProviderPort, other: ProviderPort): boolean {
  return one.port === other.port && one.security === other.security
}
