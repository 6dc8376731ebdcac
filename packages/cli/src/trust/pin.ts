import { inspect } from 'node:util'
import type { CertificateFacts, CertificateReport, TlsSettings } from '@postern/core'
import type { OutFile } from '../out-file.ts'

/** Which certificate is trusted: that of the server itself, or that of its authority. */
export type Role = 'server' | 'authority'

/** Settings that trust a certificate. */
export interface Pin {
  readonly role: Role
  readonly certificate: CertificateFacts
  readonly tls: TlsSettings
  /** The option for `createTransport` of @postern/nodemailer, to paste. */
  readonly postern: string
  /** The variables for the environment, or a file `.env`. */
  readonly environment: readonly string[]
}

/** The authority that can be trusted: the last one in the chain. */
export function authorityOf({ chain }: CertificateReport): CertificateFacts | undefined {
  return chain.at(-1)
}

/**
 * The settings that trust a certificate: an authority by its file, if there is one, and otherwise by its fingerprint. The certificate
 * of a server always has its fingerprint in the settings: then its name does not matter, and it need not be self-signed.
 */
export function pinOf(role: Role, certificate: CertificateFacts, file: OutFile | undefined): Pin {
  if (file && role === 'authority') {
    return { role, certificate, tls: { ca: certificate.pem! }, postern: `tls: { ca: readFileSync(${inspect(file.path)}) }`, environment: [`NODE_EXTRA_CA_CERTS=${file.path}`] }
  }
  const { fingerprint } = certificate
  return { role, certificate, tls: { fingerprints: [fingerprint] }, postern: `tls: { fingerprints: ['${fingerprint}'] }`, environment: [`SMTP_TLS_FINGERPRINTS=${fingerprint}`] }
}
