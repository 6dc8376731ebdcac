import type { Socket } from 'node:net'
import { type Endpoint, parseSettings, securityOfPort } from '@postern/core'
import type { CreateTransportOptions } from '@postern/nodemailer'
import { type Fault, type NominalPort, startProvider } from '@postern/testing'
import { ClearTextLog } from './clear-text.ts'
import type { MailSetup } from './mail-setup.ts'

/** The ports of the ladder, best first. */
export const labPorts = [587, 2525, 465] as const
export type LabPort = (typeof labPorts)[number]

/** A firewall that drops packets. Only Linux can imitate it; elsewhere the port accepts connections and never answers. */
export const blocked: Fault = process.platform === 'linux' ? 'black-hole' : 'silent'

/** Starts a provider whose 587 is blocked. */
export async function startEmbeddedMail(): Promise<MailSetup> {
  const provider = await startProvider({ faults: { 587: blocked } })
  const clearText = new ClearTextLog()
  const { host, auth, ca, ports } = provider
  const dial = nominalPorts(ports, clearText)
  return {
    settings: parseSettings({ host, auth, tls: { ca }, candidates: labPorts.map((port) => ({ port, security: securityOfPort(port) })) }),
    transport: {
      ...labOptions,
      getSocket: ({ host = '', port }, done) => void dial({ host, port: Number(port) }).then((connection) => done(null, { connection }), done),
    },
    dial,
    from: auth.user,
    to: auth.user,
    introduction: introduce(host, ports),
    check: {},
    inbox: () => provider.messages,
    embedded: { provider, clearText },
    close: () => provider.close(),
  }
}

/** Shorter waits than the defaults, so that nobody waits a minute in front of the lab. */
const labOptions: CreateTransportOptions = {
  pool: true,
  endpointTimeout: 60_000,
  selection: {
    recheck: { initial: 1000, max: 2000 },
    budgets: { connect: 2000, greeting: 2000 },
  },
}

/** Connects to the free port that the provider uses for 587, 2525 or 465, so that settings, events and pages have the usual numbers. */
function nominalPorts(ports: Readonly<Record<NominalPort, number>>, clearText: ClearTextLog): (endpoint: Pick<Endpoint, 'host' | 'port'>) => Promise<Socket> {
  return ({ host, port }) =>
    new Promise((resolve, reject) => {
      const socket = clearText.connect(port, { host, port: ports[port as NominalPort] })
      const timer = setTimeout(() => socket.destroy(new Error('No answer')), CONNECT_TIMEOUT)
      socket.once('error', reject).once('close', () => clearTimeout(timer))
      socket.once('connect', () => {
        clearTimeout(timer)
        socket.off('error', reject)
        resolve(socket)
      })
    })
}

// Longer than Postern waits, which gives the reason.
const CONNECT_TIMEOUT = 2500

function introduce(host: string, ports: Readonly<Record<NominalPort, number>>): string {
  const lines = labPorts.map((port) => {
    const security = securityOfPort(port) === 'implicit' ? 'implicit TLS' : 'STARTTLS'
    const state = port === 587 ? 'does not answer, as behind a firewall' : 'works'
    return `  ${String(port).padStart(4)}  ${security.padEnd(12)}  on ${host}:${ports[port]}, ${state}`
  })
  return `A mail provider runs inside this app. Its ports:\n${lines.join('\n')}`
}
