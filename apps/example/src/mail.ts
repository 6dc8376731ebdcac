import { type Endpoint, parseSettings, type SmtpSettings } from '@postern/core'
import { type NominalPort, startProvider, type ReceivedMessage } from '@postern/testing'
import type { Config } from './config.ts'

/** Where the mail goes: to the user's own server, or to a provider inside this process. */
export interface MailSetup {
  readonly settings: SmtpSettings
  readonly from: string
  readonly to: string
  /** What to tell about it before anything is sent. */
  readonly introduction: string
  /** An endpoint as people know it: on the embedded provider, `587` stands for the free port that plays it. */
  readonly nameOf: (endpoint: Endpoint) => string
  /** What has arrived, where this can be known. */
  readonly inbox: (() => readonly ReceivedMessage[]) | undefined
  readonly close: () => Promise<void>
}

export async function setUpMail({ own }: Config): Promise<MailSetup> {
  if (own) {
    return {
      ...own,
      introduction: `Mail goes through ${own.settings.host}.`,
      nameOf: ({ port }) => String(port),
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
    inbox: () => provider.messages,
    close: () => provider.close(),
  }
}

const shownPorts = [587, 2525, 465] as const

function introduce(host: string, ports: Readonly<Record<NominalPort, number>>): string {
  const lines = shownPorts.map((port) => {
    const security = port === 465 ? 'implicit TLS' : 'STARTTLS'
    const state = port === 587 ? 'swallows every connection, as behind the firewall of a cloud' : 'works'
    return `  ${String(port).padStart(4)}  ${security.padEnd(12)}  played by ${host}:${ports[port]}, ${state}`
  })
  return `A mail provider runs inside this app. Its ports:\n${lines.join('\n')}`
}
