import type { Bounds } from '../smtp/bounded.ts'
import { interleaved } from '../smtp/first-to-connect.ts'
import type { Address } from '../smtp/resolve.ts'
import type { SessionOptions } from '../smtp/session-options.ts'
import { type AddressOrder, reachableFrom } from './address-order.ts'

/** The addresses of a host, in the order in which an attempt tries them. */
export class AddressList {
  readonly #options: Pick<SessionOptions, 'resolve' | 'localAddress'>
  readonly #port: number
  readonly #order: AddressOrder | undefined
  /** Undefined before the DNS lookup, and if the caller's `dial` connects. */
  #addresses: readonly Address[] | undefined

  constructor({ resolve, localAddress }: Pick<SessionOptions, 'resolve' | 'localAddress'>, port: number, order: AddressOrder | undefined) {
    this.#options = { resolve, localAddress }
    this.#port = port
    this.#order = order
  }

  /** The number of known addresses. */
  get length(): number {
    return this.#addresses?.length ?? 0
  }

  at(index: number): Address | undefined {
    return this.#addresses?.[index]
  }

  /** A lookup function that returns a single address, for one connection. The first call performs the DNS lookup for all. */
  lookUp(index: number): SessionOptions['resolve'] {
    return async (bounds: Bounds) => {
      if (!this.#addresses) {
        const { resolve, localAddress } = this.#options
        const addresses = reachableFrom(localAddress, await resolve(bounds))
        this.#addresses = this.#order?.next(addresses, this.#port) ?? interleaved(addresses)
      }
      return this.#addresses.slice(index, index + 1)
    }
  }

  worked(index: number): void {
    const address = this.at(index)
    if (address) this.#order?.worked(address, this.#port)
  }

  failed(index: number): void {
    const address = this.at(index)
    if (address) this.#order?.failed(address, this.#port)
  }
}
