import type { FailureCode } from '../failure/failure.ts'
import { chainOf, fingerprintOf, type ShownCertificate } from './certificate-chain.ts'
import type { Handshake } from './start-tls.ts'

/** What is known about TLS on a connection. */
export interface TlsReport {
  /** `TLSv1.3` */
  readonly protocol: string
  /** The cipher's standard name. */
  readonly cipher: string
  /**
   * Whether the certificate was verified, its name included. With `tls.fingerprints`: whether it has one of them, or was issued by
   * a certificate that has one.
   */
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
  /** The same in the form of `tls.fingerprints`: `sha256:9a3f…` */
  readonly fingerprint: string
  /** The certificate in PEM, as for `tls.ca`. Absent unless a report was requested. */
  readonly pem?: string
}

/** The server's certificate. */
export interface CertificateReport extends CertificateFacts {
  /** The issuing authorities, the direct issuer first, as far as known. Empty if no report was requested. */
  readonly chain: readonly CertificateFacts[]
}

const MAX_NAMES = 100
const DAY = 24 * 3_600_000

/**
 * Describes a handshake, even if its certificate is invalid.
 *
 * @param sanitise makes text from the server safe to display
 */
export function describeTls({ protocol, cipher, certificate: given }: Handshake, now: number, sanitise: (text: string) => string): TlsReport {
  const describe = (one: ShownCertificate): CertificateFacts => {
    const { subject, issuer, subjectaltname, valid_from, valid_to, fingerprint256 = '', raw } = one
    const names = subjectaltname?.split(', ').map((name) => name.replace(/^[A-Za-z ]+:/, ''))
    const validTo = new Date(valid_to ?? NaN)
    const pem = raw && pemOf(raw, sanitise)
    return {
      names: (names ?? [subject?.CN ?? subject?.O ?? subject?.OU ?? []].flat()).slice(0, MAX_NAMES).map(sanitise),
      issuer: sanitise([issuer?.O ?? issuer?.CN ?? issuer?.OU ?? []].flat().join(', ')),
      validFrom: new Date(valid_from ?? NaN),
      validTo,
      daysLeft: daysUntil(validTo, now),
      fingerprint256,
      fingerprint: fingerprintOf(one) ?? '',
      ...(pem && { pem }),
    }
  }
  // Without a certificate this is an empty object, and a certificate may lack a subject.
  const chain = chainOf(given).map(describe)
  const [certificate, ...authorities] = chain as [CertificateFacts, ...CertificateFacts[]]
  return { protocol, cipher, verified: false, certificate: { ...certificate, chain: authorities } }
}

/** In PEM, unless it contains a secret that the server has echoed. */
function pemOf(raw: Buffer, sanitise: (text: string) => string): string | undefined {
  const base64 = raw.toString('base64')
  if (sanitise(base64) !== base64) return undefined
  return `-----BEGIN CERTIFICATE-----\n${base64.replaceAll(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`
}

/** Whole days until a time; negative if it is past. */
export function daysUntil(time: Date, now: number): number {
  return Math.floor((time.getTime() - now) / DAY)
}
