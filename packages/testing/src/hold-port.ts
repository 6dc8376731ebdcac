import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { Occupant } from './listener.ts'

/** How often a port is asked for that somebody has, and the milliseconds between: two seconds in all. */
const TRIES = 100
const PAUSE = 20

/**
 * Keeps a port while nothing listens on it: connections are refused, and yet the system gives the number to nobody.
 *
 * A bound socket that does not listen would do, and Node has none. The local end of an established connection is as
 * good: automatic port selection passes it by, and listening on it by number still works.
 *
 * In the moment after a listener has left, the system may give its number to somebody who asks for any. Most of those are
 * connections that are soon over, so it is waited for.
 */
export async function holdPort(port: number, address: string): Promise<Occupant> {
  for (let tries = 1; ; tries++) {
    try {
      return await hold(port, address)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || tries === TRIES) throw error
      await pause(PAUSE)
    }
  }
}

async function hold(port: number, address: string): Promise<Occupant> {
  const anchor = createServer()
  anchor.listen({ port: 0, host: address })
  await once(anchor, 'listening')
  const far = once(anchor, 'connection') as Promise<[Socket]>
  const target = (anchor.address() as AddressInfo).port
  const near = connect({ port: target, host: address, localPort: port, localAddress: address })
  const sockets = [near, ...(await Promise.all([far, once(near, 'connect')]).finally(() => anchor.close()))[0]]
  for (const socket of sockets) socket.on('error', () => {})

  return {
    port,
    address,
    async close() {
      // Reset, so that no half of it stays behind in TIME_WAIT.
      await Promise.all(sockets.map((socket) => closed(socket.resetAndDestroy())))
    },
  }
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => (socket.closed ? resolve() : socket.once('close', () => resolve())))
}
