import type { FailureCode } from '../failure/failure.ts'
import type { Handshake, ShownCertificate } from './start-tls.ts'

/** What is known about TLS on a connection. */
export interface TlsReport {
  /** `TLSv1.3` */
  readonly protocol: string
  /** The cipher's standard name. */
  readonly cipher: string
  /** Whether the certificate was verified, its name included. */
  readonly verified: boolean
  /** Why verification failed; absent if it succeeded. */
  readonly unverified?: FailureCode
  /** The server's certificate, even if it was refused. */
  readonly certificate: CertificateReport
}

/** A certificate. Unless it was verified, its content is untrusted. */
export interface CertificateFacts {
  /** The subject alternative names, otherwise the subject. At most 100. */
  readonly names: readonly string[]
  /** The name of the issuer. */
  readonly issuer: string
  readonly validFrom: Date
  readonly validTo: Date
  /** Whole days from the connection until expiry; negative if expired. */
  readonly daysLeft: number
  /** SHA-256, in hexadecimal: `9A:3F:…` */
  readonly fingerprint256: string
}

/** The server's certificate. */
export interface CertificateReport extends CertificateFacts {
  /** The issuing authorities, the direct issuer first, as far as known. Empty if no report was requested. */
  readonly chain: readonly CertificateFacts[]
}

/** Longer than real chains. */
const MAX_LINKS = 10
const MAX_NAMES = 100
const DAY = 24 * 3_600_000

/**
 * Describes a handshake, even if its certificate is invalid.
 *
 * @param sanitise makes text from the server safe to display
 */
export function describeTls({ protocol, cipher, certificate: given }: Handshake, now: number, sanitise: (text: string) => string): TlsReport {
  const chain: CertificateFacts[] = []
  const describe = (one: ShownCertificate): void => {
    const { subject, issuer, subjectaltname, issuerCertificate, valid_from, valid_to, fingerprint256 = '' } = one
    // The last certificate is its own issuer.
    if (chain.length >= MAX_LINKS || chain.some((link) => link.fingerprint256 === fingerprint256)) return
    const names = subjectaltname?.split(', ').map((name) => name.replace(/^[A-Za-z ]+:/, ''))
    const validTo = new Date(valid_to ?? NaN)
    chain.push({
      names: (names ?? [subject?.CN ?? subject?.O ?? subject?.OU ?? []].flat()).slice(0, MAX_NAMES).map(sanitise),
      issuer: sanitise([issuer?.O ?? issuer?.CN ?? issuer?.OU ?? []].flat().join(', ')),
      validFrom: new Date(valid_from ?? NaN),
      validTo,
      daysLeft: daysUntil(validTo, now),
      fingerprint256,
    })
    if (issuerCertificate) describe(issuerCertificate)
  }
  // Without a certificate this is an empty object, and a certificate may lack a subject.
  describe(given)
  const [certificate, ...authorities] = chain as [CertificateFacts, ...CertificateFacts[]]
  return { protocol, cipher, verified: false, certificate: { ...certificate, chain: authorities } }
}

/** Whole days until a time; negative if it is past. */
export function daysUntil(time: Date, now: number): number {
  return Math.floor((time.getTime() - now) / DAY)
}
