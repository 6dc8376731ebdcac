import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

/** Listens, and should never hear anybody. */
export interface Canary {
  readonly port: number
  /** A port where nobody listens. */
  readonly closedPort: number
  /** How many have connected. */
  readonly heard: number
  close(): Promise<void>
}

/** @param host by default every address of this machine */
export async function startCanary(host = '0.0.0.0'): Promise<Canary> {
  let heard = 0
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    heard += 1
    sockets.add(socket.on('error', () => {}))
    socket.end('220 canary\r\n')
  }).listen(0, host)
  const another = createServer().listen(0, host)
  await Promise.all([once(server, 'listening'), once(another, 'listening')])
  const closedPort = (another.address() as AddressInfo).port
  another.close()
  await once(another, 'close')
  return {
    port: (server.address() as AddressInfo).port,
    closedPort,
    get heard() {
      return heard
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
