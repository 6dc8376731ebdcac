import { startProvider } from '@postern/testing'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { drawMessages } from './soak-messages.ts'
import { bothModes, type Scene, type SoakTransportOptions } from './soak-scene.ts'
import { patientTimeouts } from './soak-timing.ts'

/** Loopback addresses that one listener on all addresses serves. Only Linux has more than the first one. */
const addresses = process.platform === 'linux' ? ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4'] : ['127.0.0.1']

/** The maximum difference in connections between addresses. Each connection uses the next address; a check may use one in between. */
const DIFFERENCE = 2

/** A host has several equally good addresses: the connections are spread over all of them. */
export const equalAddresses: Scene = {
  modes: bothModes,
  share: 0.2,
  async start(options) {
    const provider = await startProvider({ ...options, host: '0.0.0.0' })
    return { provider, close: () => provider.close() }
  },
  async play({ draw, provider, ledger, messages, open }) {
    const resolve = async () => addresses.map((address) => ({ address, family: 4 as const }))
    const selection: SoakTransportOptions['selection'] & object = Object.assign({ resolve }, patientTimeouts.selection)
    const counts = countConnections(provider.ports[587])
    try {
      // Few messages per connection, so that there are many connections.
      const mailer = open({ selection, maxMessages: 1 + draw.below(5), maxConnections: 1 + draw.below(8) })
      await ledger.sendAll(mailer, drawMessages(draw, messages), { atOnce: 10 })
    } finally {
      counts.stop()
    }
    const each = addresses.map((address) => counts.of.get(address) ?? 0)
    if (Math.max(...each) - Math.min(...each) > DIFFERENCE) ledger.note(`connections were not spread over equal addresses: ${each.join(', ')}`)
  },
}

/** Counts the connections of this process to a port, by address. */
function countConnections(port: number): { readonly of: ReadonlyMap<string, number>; stop(): void } {
  const of = new Map<string, number>()
  const onSocket = (message: unknown) => {
    const { socket } = message as { readonly socket: Socket }
    socket.once('connect', () => {
      const { remoteAddress = '', remotePort } = socket
      if (remotePort === port) of.set(remoteAddress, (of.get(remoteAddress) ?? 0) + 1)
    })
  }
  subscribe('net.client.socket', onSocket)
  return { of, stop: () => void unsubscribe('net.client.socket', onSocket) }
}
