import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

/** A server that a guarded client must not connect to. */
export interface Canary {
  readonly port: number
  /** A port that refuses connections. */
  readonly closedPort: number
  /** How many connections were accepted. */
  readonly connections: number
  close(): Promise<void>
}

/** @param host the address to listen on; by default every IPv4 address */
export async function startCanary(host = '0.0.0.0'): Promise<Canary> {
  let connections = 0
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    connections += 1
    sockets.add(socket.on('error', () => {}))
    socket.end('220 canary\r\n')
  }).listen(0, host)
  const closed = createServer().listen(0, host)
  await Promise.all([once(server, 'listening'), once(closed, 'listening')])
  const closedPort = (closed.address() as AddressInfo).port
  closed.close()
  await once(closed, 'close')
  return {
    port: (server.address() as AddressInfo).port,
    closedPort,
    get connections() {
      return connections
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
