import { connect, isIPv6, type Socket } from 'node:net'
import { mostTelling } from '../failure/from-system-error.ts'
import { SmtpError } from '../failure/smtp-error.ts'
import { bounded, type Bounds } from './bounded.ts'
import { minded } from './minded.ts'
import type { Address } from './resolve.ts'

/** RFC 8305 §5: how long one address of a host has to itself before the next one is tried as well. */
const ATTEMPT_DELAY = 250

/**
 * Opens a TCP connection to whichever address of a host answers first (RFC 8305). Node's own `autoSelectFamily` gives an
 * address up when the next one starts: a host that is far away, beside an address that is broken, is then never reached.
 * Here the earlier ones go on.
 *
 * @param localAddress the address of this machine to connect from; it reaches its own family alone
 * @param attemptDelay milliseconds until the next address starts, unless one fails before
 * @throws SmtpError `connect-refused`, `connect-timeout`, `network-unreachable`, the bounds' codes
 */
export async function firstToConnect(
  addresses: readonly Address[],
  port: number,
  bounds: Bounds,
  { localAddress, attemptDelay = ATTEMPT_DELAY }: { readonly localAddress?: string | undefined; readonly attemptDelay?: number } = {},
): Promise<Socket> {
  const left = interleaved(localAddress === undefined ? addresses : addresses.filter(ofFamily(isIPv6(localAddress) ? 6 : 4)))
  const pending = new Set<Socket>()
  const errors: Error[] = []
  let told: SmtpError | undefined
  // An error is dear: it looks back over all that waits for it.
  const failure = () => (told ??= new SmtpError(mostTelling(errors, 'network-unreachable')))
  try {
    return await bounded<Socket>(bounds, (resolve, reject) => {
      let timer: NodeJS.Timeout | undefined
      const startNext = () => {
        clearTimeout(timer)
        const host = left.shift()?.address
        if (host === undefined) {
          if (pending.size === 0) reject(failure())
          return
        }
        const socket = connect({ host, port, localAddress, noDelay: true })
        const onError = (error: Error) => {
          pending.delete(socket)
          errors.push(error)
          startNext()
        }
        const onConnect = () => {
          pending.delete(socket)
          resolve(minded(socket.off('error', onError)))
        }
        pending.add(socket.on('error', onError).once('connect', onConnect))
        timer = setTimeout(startNext, attemptDelay)
        if (bounds.background) {
          timer.unref()
          socket.unref()
        }
      }
      startNext()
      return () => {
        clearTimeout(timer)
        left.length = 0
        for (const loser of pending) loser.destroy()
      }
    })
  } catch (error) {
    // Where one address refused and another was silent to the end, the refusal tells more.
    throw bounds.signal.aborted || failure().facts.code !== 'connect-refused' ? error : failure()
  }
}

/** One family and then the other, in turn, beginning with that of the first (RFC 8305 §4). */
export function interleaved(addresses: readonly Address[]): Address[] {
  const first = addresses[0]?.family ?? 4
  const [own, other] = [addresses.filter(ofFamily(first)), addresses.filter(ofFamily(first === 4 ? 6 : 4))]
  return addresses.flatMap((_, turn) => [own[turn], other[turn]].filter((address) => address !== undefined))
}

export function ofFamily(wanted: Address['family']): (address: Address) => boolean {
  return ({ family }) => family === wanted
}
