import { connect, isIPv6, type Socket } from 'node:net'
import { mostSpecific } from '../failure/from-system-error.ts'
import { SmtpError } from '../failure/smtp-error.ts'
import { bounded, type Bounds } from './bounded.ts'
import { withErrorGuard } from './error-guard.ts'
import type { Address } from './resolve.ts'

/** The Connection Attempt Delay of RFC 8305 §5: milliseconds before the next address is tried in parallel. */
const ATTEMPT_DELAY = 250

/**
 * Connects to the first address of a host that accepts (RFC 8305). Node's `autoSelectFamily` abandons an address when it
 * starts the next one, so it never reaches a distant host that also has an unreachable address. Here earlier attempts continue.
 *
 * @param localAddress the local address to connect from; only addresses of the same family are tried
 * @param attemptDelay milliseconds until the next address is tried; it is tried at once if one fails
 * @throws SmtpError `connect-refused`, `connect-timeout`, `network-unreachable`, or the codes of the bounds
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
  let combined: SmtpError | undefined
  // Created at most once: an Error captures an async stack trace that spans every pending await.
  const failure = () => (combined ??= new SmtpError(mostSpecific(errors, 'network-unreachable')))
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
          resolve(withErrorGuard(socket.off('error', onError)))
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
    // A refusal by one address is more specific than the timeout of another.
    throw bounds.signal.aborted || failure().facts.code !== 'connect-refused' ? error : failure()
  }
}

/** Alternates between the address families, starting with that of the first address (RFC 8305 §4). */
export function interleaved(addresses: readonly Address[]): Address[] {
  const first = addresses[0]?.family ?? 4
  const [own, other] = [addresses.filter(ofFamily(first)), addresses.filter(ofFamily(first === 4 ? 6 : 4))]
  return addresses.flatMap((_, turn) => [own[turn], other[turn]].filter((address) => address !== undefined))
}

export function ofFamily(wanted: Address['family']): (address: Address) => boolean {
  return ({ family }) => family === wanted
}
