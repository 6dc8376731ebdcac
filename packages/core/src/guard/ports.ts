import { planEndpoints } from '../policy.ts'
import { portTable, SMTP_PORT } from '../ports.ts'
import { providerOfHost } from '../providers/lookup.ts'
import { type ProviderPort, securityAt } from '../providers/provider.ts'
import type { Policy, SmtpSettings } from '../settings/settings.ts'

export interface PortRules {
  /** What may be tried, best first, in place of the table's and the provider's ports. */
  readonly ports?: readonly ProviderPort[] | undefined
  readonly policy?: Pick<Policy, 'implicitTls' | 'allowPort25'> | undefined
}

/** The ports of a host, as far as they may be tried, best first. Never one in clear text. */
export function ladderOf(host: string, { ports, policy }: PortRules): readonly ProviderPort[] {
  if (ports) return ports
  return planEndpoints({ host, policy }).map(({ port, security }) => ({ port, security: secured(security) }))
}

/** The port the settings name, with its security, if they name one. */
export function postedPort({ host, port, security }: Pick<SmtpSettings, 'host' | 'port' | 'security'>): ProviderPort | undefined {
  if (port === undefined) return undefined
  const provider = providerOfHost(host)
  return { port, security: secured(security === undefined || security === 'none' ? securityAt(provider, port) : security) }
}

/** Whether a port that the settings name may be tried: the mail ports and the provider's own, 25 by the operator's word. */
export function isMailPort(port: number, host: string, { ports, policy }: PortRules): boolean {
  if (ports) return ports.some((one) => one.port === port)
  if (port === SMTP_PORT) return policy?.allowPort25 === true
  return [...portTable, ...(providerOfHost(host)?.ports ?? [])].some((one) => one.port === port)
}

function secured(security: SmtpSettings['security']): ProviderPort['security'] {
  return security === 'implicit' ? 'implicit' : 'starttls'
}
