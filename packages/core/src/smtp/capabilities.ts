/** What a server says it can do, in its reply to EHLO (RFC 5321 §4.1.1.1), made safe to show. */
export interface Capabilities {
  /** The largest message it takes, in octets (RFC 1870); undefined where it names no limit. */
  readonly size: number | undefined
  /** The mechanisms a login may use (RFC 4954), in upper case. Empty: no login. */
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
  /** How much one connection and one message may hold (RFC 9422), where the server says so. */
  readonly limits: Limits | undefined
  /** Everything that is offered: keywords in upper case, with parameters as the server wrote them. */
  readonly keywords: Readonly<Record<string, readonly string[]>>
}

/** The limits of RFC 9422; undefined is what the server does not name. */
export interface Limits {
  /** Messages to a connection. */
  readonly mailMax: number | undefined
  /** Recipients to a message. */
  readonly rcptMax: number | undefined
  /** Domains among the recipients of a message. */
  readonly rcptDomainMax: number | undefined
}

/** The lines of a reply to EHLO, without the first: that is the server's name, not a capability. */
export type Offer = readonly string[]

/** Keywords in upper case, each with its parameters as the server wrote them. */
export function readOffer(offer: Offer): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>()
  for (const line of offer) {
    // Some servers still write the `AUTH=PLAIN` of the draft that came before RFC 4954.
    const [first = '', ...parameters] = line.replace(/^AUTH=/i, 'AUTH ').trim().split(/\s+/)
    const keyword = first.toUpperCase()
    if (keyword) found.set(keyword, [...(found.get(keyword) ?? []), ...parameters])
  }
  return found
}

/**
 * Says what an offer means.
 *
 * @param shown makes what a stranger wrote safe to show; what is merely there or not is read as it stands
 */
export function describeOffer(offer: Offer, shown: (text: string) => string): Capabilities {
  const offered = readOffer(offer)
  const has = (keyword: string) => offered.has(keyword)
  const keywords = readOffer(offer.map(shown))
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

/** 0 is no limit (RFC 1870 §3), and what is no number says nothing. */
function count(text = ''): number | undefined {
  return (/^\d{1,20}$/.test(text) && Number(text)) || undefined
}
