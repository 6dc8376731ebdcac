import type { PeerCertificate, TLSSocket } from 'node:tls'
import { printable } from '../text/printable.ts'

/** What was seen of TLS on a connection. */
export interface TlsReport {
  /** `TLSv1.3` */
  readonly protocol: string
  /** The cipher's standard name. */
  readonly cipher: string
  /** Whether the certificate was verified. */
  readonly verified: boolean
  readonly certificate: CertificateReport
}

/** The certificate the server showed. */
export interface CertificateReport {
  /** The names it is for. */
  readonly names: readonly string[]
  readonly issuer: string
  readonly validTo: Date
  readonly fingerprint256: string
}

export function describeTls(socket: TLSSocket): TlsReport {
  // A session without a certificate has an empty object here, and a certificate without a subject has none.
  const certificate: Partial<PeerCertificate> = socket.getPeerCertificate()
  const names = certificate.subjectaltname?.split(', ').map((name) => name.replace(/^[A-Za-z ]+:/, ''))
  return {
    protocol: socket.getProtocol() ?? '',
    cipher: socket.getCipher().standardName,
    verified: socket.authorized,
    certificate: {
      names: (names ?? [certificate.subject?.CN ?? []].flat()).map(printable),
      issuer: printable([certificate.issuer?.O ?? certificate.issuer?.CN ?? []].flat().join(', ')),
      validTo: new Date(certificate.valid_to ?? NaN),
      fingerprint256: certificate.fingerprint256 ?? '',
    },
  }
}
