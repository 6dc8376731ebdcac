import { type Offer, readOffer } from '../smtp/capabilities.ts'

/** What a transaction needs to know about the server. */
export interface Server {
  /** Whether the connection uses TLS. */
  readonly secure: boolean
  /** The size limit of the server in octets, if it announces one (RFC 1870). */
  readonly size: number | undefined
  readonly hasSize: boolean
  readonly pipelining: boolean
  readonly chunking: boolean
  readonly eightBitMime: boolean
  readonly smtpUtf8: boolean
  readonly dsn: boolean
  readonly requireTls: boolean
}

/** Reads the reply to EHLO. */
export function serverOf(offer: Offer, secure: boolean): Server {
  const offered = readOffer(offer)
  const size = offered.get('SIZE')?.[0]
  return {
    secure,
    // 0 is no limit (RFC 1870 §3); anything that is not a number is ignored.
    size: (size !== undefined && /^\d{1,15}$/.test(size) && Number(size)) || undefined,
    hasSize: size !== undefined || offered.has('SIZE'),
    pipelining: offered.has('PIPELINING'),
    chunking: offered.has('CHUNKING'),
    eightBitMime: offered.has('8BITMIME'),
    smtpUtf8: offered.has('SMTPUTF8'),
    dsn: offered.has('DSN'),
    requireTls: offered.has('REQUIRETLS'),
  }
}
