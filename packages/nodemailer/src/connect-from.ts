import { type Endpoint, isLoopback } from '@postern/core'
import { connect, isIP, isIPv6, type Socket } from 'node:net'

/** Milliseconds until the next address of the host is tried beside the last one (RFC 8305 §5). */
const NEXT_ADDRESS_AFTER = 250

/** Opens a connection from one address of this machine: nodemailer's `localAddress`. It reaches the same family alone. */
export function connectFrom(localAddress: string, { host, port }: Endpoint, signal: AbortSignal): Promise<Socket> {
  const family = isIPv6(localAddress) ? 6 : 4
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: isLoopback(host) && isIP(host) === 0 ? loopback[family] : host,
      port,
      localAddress,
      family,
      noDelay: true,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_AFTER,
    })
    const onAbort = () => socket.destroy()
    const settle = (finish: () => void) => () => {
      signal.removeEventListener('abort', onAbort)
      finish()
    }
    signal.addEventListener('abort', onAbort)
    socket.once('connect', settle(() => resolve(socket))).once('error', (error) => settle(() => reject(error))())
    socket.once('close', settle(() => reject(new Error('The connection was closed.'))))
  })
}

/** RFC 6761 §6.3: a name of localhost is this machine, whatever a name server says. */
const loopback = { 4: '127.0.0.1', 6: '::1' } as const
