import { createSocket } from 'node:dgram'
import { Resolver } from 'node:dns/promises'
import { once } from 'node:events'
import { decode, encode } from 'dns-packet'

/** The addresses of each name, one list per lookup; the last list repeats. */
export type Zone = Readonly<Record<string, readonly (readonly string[])[]>>

export interface NameServer {
  /** Every query, as `name type`, in order. */
  readonly queries: readonly string[]
  /** Resolves through this server only. */
  readonly resolve: (host: string) => Promise<readonly { readonly address: string; readonly family: 4 | 6 }[]>
  close(): Promise<void>
}

/** A DNS server on a free port of 127.0.0.1. */
export async function startNameServer(zone: Zone): Promise<NameServer> {
  const queries: string[] = []
  const socket = createSocket('udp4')
  socket.on('message', (message, { port, address }) => {
    const { id = 0, questions = [] } = decode(message)
    const { name, type } = questions[0]!
    const count = queries.filter((query) => query === `${name} ${type}`).length
    queries.push(`${name} ${type}`)
    const records = zone[name]?.[Math.min(count, zone[name].length - 1)]
    const matching = records?.filter((data) => data.includes(':') === (type === 'AAAA')) ?? []
    const answers = matching.map((data) => ({ type: type as 'A', name, data, ttl: 0 }))
    // 3: NXDOMAIN.
    socket.send(encode({ type: 'response', id, flags: records ? 0 : 3, questions, answers }), port, address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const resolver = new Resolver({ timeout: 2_000, tries: 1 })
  resolver.setServers([`127.0.0.1:${socket.address().port}`])
  return {
    queries,
    async resolve(host) {
      const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)])
      const [four, six] = answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : []))
      return [
        ...four!.map((address) => ({ address, family: 4 as const })),
        ...six!.map((address) => ({ address, family: 6 as const })),
      ]
    },
    async close() {
      resolver.cancel()
      socket.close()
      await once(socket, 'close')
    },
  }
}
