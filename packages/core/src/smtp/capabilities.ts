/** The extensions a server offers in its reply to EHLO (RFC 5321 §4.1.1.1), sanitised for display. */
export interface Capabilities {
  /** The largest message it accepts, in octets (RFC 1870); `undefined` if it states no limit. */
  readonly size: number | undefined
  /** The SASL mechanisms offered (RFC 4954), in upper case. Empty if no login is offered. */
  readonly auth: readonly string[]
  /** RFC 3207 */
  readonly startTls: boolean
  /** RFC 2920 */
  readonly pipelining: boolean
  /** RFC 6152 */
  readonly eightBitMime: boolean
  /** RFC 6531 */
  readonly smtpUtf8: boolean
  /** RFC 3461 */
  readonly dsn: boolean
  /** RFC 3030 */
  readonly chunking: boolean
  /** RFC 8689 */
  readonly requireTls: boolean
  /** RFC 2034 */
  readonly enhancedStatusCodes: boolean
  /** Limits per connection and per message (RFC 9422), if the server states any. */
  readonly limits: Limits | undefined
  /** Every keyword offered, in upper case, with its parameters unchanged. */
  readonly keywords: Readonly<Record<string, readonly string[]>>
}

/** The limits of RFC 9422; `undefined` where the server states none. */
export interface Limits {
  /** Messages per connection. */
  readonly mailMax: number | undefined
  /** Recipients per message. */
  readonly rcptMax: number | undefined
  /** Recipient domains per message. */
  readonly rcptDomainMax: number | undefined
}

/** The lines of a reply to EHLO without the first one, which is the server's name. */
export type Offer = readonly string[]

/** Keywords in upper case, each with its parameters unchanged. */
export function readOffer(offer: Offer): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>()
  for (const line of offer) {
    // Some servers still send `AUTH=PLAIN`, from a draft that preceded RFC 4954.
    const [first = '', ...parameters] = line.replace(/^AUTH=/i, 'AUTH ').trim().split(/\s+/)
    const keyword = first.toUpperCase()
    if (keyword) found.set(keyword, [...(found.get(keyword) ?? []), ...parameters])
  }
  return found
}

/**
 * Parses an offer.
 *
 * @param sanitise makes text from the server safe to display; boolean capabilities are read from the unchanged offer
 */
export function describeOffer(offer: Offer, sanitise: (text: string) => string): Capabilities {
  const offered = readOffer(offer)
  const has = (keyword: string) => offered.has(keyword)
  const keywords = readOffer(offer.map(sanitise))
  const limits = keywords.get('LIMITS')?.join(' ')
  const limit = (name: string) => count(new RegExp(`(?:^| )${name}=(\\S*)`, 'i').exec(limits!)?.[1])
  return {
    size: count(keywords.get('SIZE')?.[0]),
    auth: (keywords.get('AUTH') ?? []).map((name) => name.toUpperCase()),
    startTls: has('STARTTLS'),
    pipelining: has('PIPELINING'),
    eightBitMime: has('8BITMIME'),
    smtpUtf8: has('SMTPUTF8'),
    dsn: has('DSN'),
    chunking: has('CHUNKING'),
    requireTls: has('REQUIRETLS'),
    enhancedStatusCodes: has('ENHANCEDSTATUSCODES'),
    limits:
      limits === undefined
        ? undefined
        : { mailMax: limit('MAILMAX'), rcptMax: limit('RCPTMAX'), rcptDomainMax: limit('RCPTDOMAINMAX') },
    keywords: Object.fromEntries(keywords),
  }
}

/** A limit; `undefined` for 0, which means no limit (RFC 1870 §3), and for anything that is not a number. */
function count(text = ''): number | undefined {
  return (/^\d{1,20}$/.test(text) && Number(text)) || undefined
}
