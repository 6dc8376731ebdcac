import type { FailureCode } from '../failure/failure.ts'
import type { Handshake, ShownCertificate } from './start-tls.ts'

/** What was seen of TLS on a connection. */
export interface TlsReport {
  /** `TLSv1.3` */
  readonly protocol: string
  /** The cipher's standard name. */
  readonly cipher: string
  /** Whether the certificate was verified, with its names. */
  readonly verified: boolean
  /** Why it could not be; absent when it was. */
  readonly unverified?: FailureCode
  /** The certificate the server showed, also where it was refused. */
  readonly certificate: CertificateReport
}

/** A certificate. What it says was written by a stranger, unless it was verified. */
export interface CertificateFacts {
  /** The names it is for; for an authority, its own. At most 100. */
  readonly names: readonly string[]
  /** Who issued it. */
  readonly issuer: string
  readonly validFrom: Date
  readonly validTo: Date
  /** Whole days until it ends, counted from when it was seen; below 0 once it has ended. */
  readonly daysLeft: number
  /** SHA-256, in hexadecimal: `9A:3F:…` */
  readonly fingerprint256: string
}

/** The certificate the server showed. */
export interface CertificateReport extends CertificateFacts {
  /** Those who vouch for it, the next authority first, as far as they are known. Empty where no report was asked for. */
  readonly chain: readonly CertificateFacts[]
}

/** No chain that means well is longer. */
const MOST_LINKS = 10
const MOST_NAMES = 100
const DAY = 24 * 3_600_000

/**
 * Puts down a handshake, whatever its certificate is worth.
 *
 * @param shown makes what a stranger wrote safe to show
 */
export function describeTls({ protocol, cipher, certificate: given }: Handshake, now: number, shown: (text: string) => string): TlsReport {
  const chain: CertificateFacts[] = []
  const describe = (one: ShownCertificate): void => {
    const { subject, issuer, subjectaltname, issuerCertificate, valid_from, valid_to, fingerprint256 = '' } = one
    // The issuer of the last one is itself.
    if (chain.length >= MOST_LINKS || chain.some((link) => link.fingerprint256 === fingerprint256)) return
    const names = subjectaltname?.split(', ').map((name) => name.replace(/^[A-Za-z ]+:/, ''))
    const validTo = new Date(valid_to ?? NaN)
    chain.push({
      names: (names ?? [subject?.CN ?? subject?.O ?? subject?.OU ?? []].flat()).slice(0, MOST_NAMES).map(shown),
      issuer: shown([issuer?.O ?? issuer?.CN ?? issuer?.OU ?? []].flat().join(', ')),
      validFrom: new Date(valid_from ?? NaN),
      validTo,
      daysLeft: daysUntil(validTo, now),
      fingerprint256,
    })
    if (issuerCertificate) describe(issuerCertificate)
  }
  // A session without a certificate has an empty object here, and a certificate without a subject has none.
  describe(given)
  const [certificate, ...authorities] = chain as [CertificateFacts, ...CertificateFacts[]]
  return { protocol, cipher, verified: false, certificate: { ...certificate, chain: authorities } }
}

/** Whole days, below 0 for a time that is over. */
export function daysUntil(time: Date, now: number): number {
  return Math.floor((time.getTime() - now) / DAY)
}
