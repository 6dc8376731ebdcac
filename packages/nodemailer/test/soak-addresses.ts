import { type ProviderOptions, startProvider } from '@postern/testing'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { Random } from './random.ts'
import { drawMessages } from './soak-messages.ts'
import { soakPorts } from './soak-ports.ts'
import { bothModes, type Scene, type StartedProvider } from './soak-scene.ts'
import { shortWaits } from './soak-timing.ts'

/** The behaviour of the bad address after the connection is established. */
const neighbours: Readonly<Record<string, (socket: Socket) => void>> = {
  'an end at once': (socket) => void socket.end(),
  'a reset': (socket) => void socket.resetAndDestroy(),
  silence: (socket) => void socket.resume(),
  'a greeting with 421': (socket) => void socket.end('421 4.3.2 Busy\r\n'),
  'a greeting with 554': (socket) => void socket.end('554 5.3.2 No mail service here\r\n'),
  'another protocol': (socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
  'an end after EHLO': (socket) => {
    socket.write('220 neighbour.test\r\n')
    socket.once('data', () => socket.end())
  },
  'no STARTTLS': (socket) => {
    socket.write('220 neighbour.test\r\n')
    socket.on('data', () => socket.write('250 neighbour.test\r\n'))
  },
}

/** Postern resolves this name to both loopback addresses, in this order, without a resolver (RFC 6761 §6.3). */
const host = 'localhost'
const addresses = ['127.0.0.1', '::1'] as const

/** A host has two addresses. One of them accepts connections and then refuses every client. */
export const severalAddresses: Scene = {
  modes: bothModes,
  share: 0.1,
  start,
  async play({ draw, provider, ledger, messages, open }) {
    const budgets = { connect: 1_000, greeting: 1_000, tls: 2_000, reply: 2_000 }
    const mailer = open({ ...shortWaits, selection: { ...shortWaits.selection, budgets, deadline: 30_000 } }, { ...provider.settings, host })
    await ledger.sendAll(mailer, drawMessages(draw, messages), { atOnce: 10 })
  },
}

async function start(options: ProviderOptions, draw: Random): Promise<StartedProvider> {
  // Mostly the first one is bad: a bad second one may never be tried.
  const [first, second] = addresses
  const [bad, good] = draw.next() < 0.75 ? [first, second] : [second, first]
  const name = draw.pick(Object.keys(neighbours))
  // Without IPv6 the other address cannot be reached.
  if (!(await exists('::1'))) return alone(await startProvider({ ...options, host: '127.0.0.1' }))
  for (;;) {
    const servers = await Promise.all(soakPorts.map(() => listen(bad, neighbours[name]!)))
    const ports = Object.fromEntries(soakPorts.map((port, index) => [port, (servers[index]!.address() as AddressInfo).port]))
    const closeServers = () => Promise.all(servers.map((server) => once(server.close(), 'close')))
    try {
      const provider = await startProvider({ ...options, host: good, ports })
      return {
        provider,
        met: `${name} at ${bad}`,
        close: async () => void (await Promise.all([provider.close(), closeServers()])),
      }
    } catch (error) {
      await closeServers()
      // A port number that is free at one address may be taken at the other.
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    }
  }
}

function alone(provider: StartedProvider['provider']): StartedProvider {
  return { provider, met: 'an address that cannot be reached', close: () => provider.close() }
}

async function listen(address: string, behave: (socket: Socket) => void): Promise<Server> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    behave(socket)
  })
  // Silent connections would keep the server open.
  const close = server.close.bind(server)
  server.close = (callback) => {
    for (const socket of sockets) socket.destroy()
    return close(callback)
  }
  server.listen(0, address)
  await once(server, 'listening')
  return server
}

async function exists(address: string): Promise<boolean> {
  try {
    await once((await listen(address, () => {})).close(), 'close')
    return true
  } catch {
    return false
  }
}
