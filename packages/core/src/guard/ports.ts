import { planEndpoints } from '../policy.ts'
import { portTable, SMTP_PORT } from '../ports.ts'
import { providerOfHost } from '../providers/lookup.ts'
import { type ProviderPort, securityAt } from '../providers/provider.ts'
import type { Policy, SmtpSettings } from '../settings/settings.ts'

export interface PortRules {
  /** The permitted ports, best first, instead of those of the port table and the provider. */
  readonly ports?: readonly ProviderPort[] | undefined
  readonly policy?: Pick<Policy, 'implicitTls' | 'allowPort25'> | undefined
}

/** The permitted ports of a host, best first. None is unencrypted. */
export function ladderOf(host: string, { ports, policy }: PortRules): readonly ProviderPort[] {
  if (ports) return ports
  return planEndpoints({ host, policy }).map(({ port, security }) => ({ port, security: secured(security) }))
}

/** The port in the settings with its security, if they have one. */
export function postedPort({ host, port, security }: Pick<SmtpSettings, 'host' | 'port' | 'security'>): ProviderPort | undefined {
  if (port === undefined) return undefined
  const provider = providerOfHost(host)
  return { port, security: secured(security === undefined || security === 'none' ? securityAt(provider, port) : security) }
}

/** Whether a port in the settings is permitted: the mail ports and those of the provider, and 25 if the operator allows it. */
export function isMailPort(port: number, host: string, { ports, policy }: PortRules): boolean {
  if (ports) return ports.some((one) => one.port === port)
  if (port === SMTP_PORT) return policy?.allowPort25 === true
  return [...portTable, ...(providerOfHost(host)?.ports ?? [])].some((one) => one.port === port)
}

function secured(security: SmtpSettings['security']): ProviderPort['security'] {
  return security === 'implicit' ? 'implicit' : 'starttls'
}
