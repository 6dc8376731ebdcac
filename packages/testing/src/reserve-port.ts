import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { BoundPort } from './listener.ts'

/** Attempts to take a port that is in use, and the milliseconds between them: two seconds in total. */
const ATTEMPTS = 100
const PAUSE = 20

/**
 * Reserves a port while nothing listens on it: connections are refused, and the system assigns the number to nobody else.
 *
 * Node cannot bind a TCP socket without listening. The local end of an established connection serves the same purpose:
 * automatic port selection skips it, and listening on it by number still works.
 *
 * After the previous listener closes, the system may assign its number to another socket. Most of those are short-lived
 * connections, so this function retries.
 */
export async function reservePort(port: number, address: string): Promise<BoundPort> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await reserve(port, address)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || attempt === ATTEMPTS) throw error
      await pause(PAUSE)
    }
  }
}

async function reserve(port: number, address: string): Promise<BoundPort> {
  const server = createServer()
  server.listen({ port: 0, host: address })
  await once(server, 'listening')
  const accepted = once(server, 'connection') as Promise<[Socket]>
  const target = (server.address() as AddressInfo).port
  const client = connect({ port: target, host: address, localPort: port, localAddress: address })
  const sockets = [client, ...(await Promise.all([accepted, once(client, 'connect')]).finally(() => server.close()))[0]]
  for (const socket of sockets) socket.on('error', () => {})

  return {
    port,
    address,
    async close() {
      // A reset leaves neither end in TIME_WAIT.
      await Promise.all(sockets.map((socket) => closed(socket.resetAndDestroy())))
    },
  }
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => (socket.closed ? resolve() : socket.once('close', () => resolve())))
}
