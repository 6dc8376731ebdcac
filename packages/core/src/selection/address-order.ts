import { isIPv6 } from 'node:net'
import type { Clock } from '../clock.ts'
import { interleaved, ofFamily } from '../smtp/first-to-connect.ts'
import type { Address } from '../smtp/resolve.ts'

/** Milliseconds for which a failed address is tried last. */
const FAILURE_COUNTS_FOR = 60_000

/**
 * The order in which the addresses of a host are tried. The resolver's preference for IPv6 or IPv4 is kept (RFC 6724,
 * RFC 8305 §4). Within the preferred family, each connection starts with the next address, which spreads the load.
 */
export class AddressOrder {
  readonly #clock: Clock
  #connections = 0
  /** When an address failed, by address and port, because other ports may work. */
  #failedAt: Map<string, number> | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  next(addresses: readonly Address[], port: number): readonly Address[] {
    if (addresses.length < 2) return addresses
    const { family } = addresses[0]!
    const [preferred, others] = [addresses.filter(ofFamily(family)), addresses.filter(ofFamily(family === 4 ? 6 : 4))]
    const first = this.#connections++ % preferred.length
    const inTurn = interleaved([...preferred.slice(first), ...preferred.slice(0, first), ...others])
    return inTurn.toSorted((a, b) => Number(this.#hasFailed(a, port)) - Number(this.#hasFailed(b, port)))
  }

  failed({ address }: Address, port: number): void {
    const failedAt = (this.#failedAt ??= new Map())
    for (const [key, at] of failedAt) if (!this.#isRecent(at)) failedAt.delete(key)
    failedAt.set(`${address} ${port}`, this.#clock.now())
  }

  worked({ address }: Address, port: number): void {
    this.#failedAt?.delete(`${address} ${port}`)
  }

  #hasFailed({ address }: Address, port: number): boolean {
    const at = this.#failedAt?.get(`${address} ${port}`)
    return at !== undefined && this.#isRecent(at)
  }

  #isRecent(at: number): boolean {
    return Math.abs(this.#clock.now() - at) < FAILURE_COUNTS_FOR
  }
}

/** The addresses of the same family as `localAddress`; no others can be reached from it. */
export function reachableFrom(localAddress: string | undefined, addresses: readonly Address[]): readonly Address[] {
  return localAddress === undefined ? addresses : addresses.filter(ofFamily(isIPv6(localAddress) ? 6 : 4))
}
