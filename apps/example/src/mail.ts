import { type Endpoint, parseSettings, portTable, type SmtpSettings } from '@postern/core'
import type { SettingsCheckPolicy } from '@postern/core/http'
import { type NominalPort, startProvider, type ReceivedMessage } from '@postern/testing'
import type { Config } from './config.ts'

/** The SMTP server in use: the user's own, or a provider inside this process. */
export interface MailSetup {
  readonly settings: SmtpSettings
  readonly from: string
  readonly to: string
  /** Printed before the first message. */
  readonly introduction: string
  /** The port to display. For the built-in provider this is the nominal port, such as `587`. */
  readonly nameOf: (endpoint: Endpoint) => string
  /** What the settings check may contact besides public servers: your own server, which may be a private one. */
  readonly check: SettingsCheckPolicy
  /** Received messages; only with the built-in provider. */
  readonly inbox: (() => readonly ReceivedMessage[]) | undefined
  readonly close: () => Promise<void>
}

export async function setUpMail({ own }: Config): Promise<MailSetup> {
  if (own) {
    return {
      ...own,
      introduction: `Mail goes through ${own.settings.host}.`,
      nameOf: ({ port }) => String(port),
      check: checkOf(own.settings),
      inbox: undefined,
      close: async () => {},
    }
  }
  const provider = await startProvider({ faults: { 587: 'black-hole' } })
  const nominal = new Map(shownPorts.map((port) => [provider.ports[port], String(port)]))
  return {
    settings: parseSettings(provider.settings),
    from: provider.auth.user,
    to: provider.auth.user,
    introduction: introduce(provider.host, provider.ports),
    nameOf: ({ port }) => nominal.get(port) ?? String(port),
    check: {},
    inbox: () => provider.messages,
    close: () => provider.close(),
  }
}

/** A server on an unusual port is checked there alone. */
function checkOf({ host, port, security, tls }: SmtpSettings): SettingsCheckPolicy {
  const isUsual = port === undefined || portTable.some((facts) => facts.port === port)
  const own = isUsual ? undefined : [{ port, security: security === 'implicit' ? security : ('starttls' as const) }]
  return { allow: [host], ports: own, tls }
}

const shownPorts = [587, 2525, 465] as const

function introduce(host: string, ports: Readonly<Record<NominalPort, number>>): string {
  const lines = shownPorts.map((port) => {
    const security = port === 465 ? 'implicit TLS' : 'STARTTLS'
    const state = port === 587 ? 'does not answer, as behind a firewall' : 'works'
    return `  ${String(port).padStart(4)}  ${security.padEnd(12)}  on ${host}:${ports[port]}, ${state}`
  })
  return `A mail provider runs inside this app. Its ports:\n${lines.join('\n')}`
}
