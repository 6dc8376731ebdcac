import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'

/** A way to a server on which everything that the client says can be read. */
export interface Tap {
  readonly host: string
  readonly port: number
  /** What clients sent so far, a byte a character. */
  sent(): string
  close(): Promise<void>
}

/** Opens a port on this machine that leads to a server. */
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
