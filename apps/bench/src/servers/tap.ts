import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'

/** A proxy that records everything the client sends. */
export interface Tap {
  readonly host: string
  readonly port: number
  /** The bytes sent by clients so far, as latin1. */
  sent(): string
  close(): Promise<void>
}

/** Starts a proxy on loopback in front of a server. */
export async function openTap(host: string, port: number): Promise<Tap> {
  let sent = ''
  const tap = createServer((client) => {
    const server = connect({ host, port })
    client.on('data', (chunk) => (sent += chunk.toString('latin1')))
    client.pipe(server).pipe(client)
    client.on('error', () => server.destroy()).on('close', () => server.destroy())
    server.on('error', () => client.destroy()).on('close', () => client.destroy())
  })
  tap.listen(0, '127.0.0.1')
  await once(tap, 'listening')
  return {
    host: '127.0.0.1',
    port: (tap.address() as AddressInfo).port,
    sent: () => sent,
    close: async () => {
      tap.close()
      await once(tap, 'close')
    },
  }
}
