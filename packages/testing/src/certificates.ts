import { isIP } from 'node:net'
import { generate } from 'selfsigned'

/** `trusted` is a valid certificate; each of the others has one defect. */
export type CertificateKind = 'trusted' | 'untrusted' | 'expired' | 'not-yet-valid' | 'other-name'

/** A private key and its certificate, both PEM. */
interface KeyPair {
  readonly key: string
  readonly cert: string
}

/** A provider's certificate authority. */
export interface Certificates {
  readonly ca: string
  issue(kind: CertificateKind): Promise<KeyPair>
}

/** Creates an authority that issues certificates for `localhost`, the loopback addresses and `host`. */
export async function createCertificates(host: string): Promise<Certificates> {
  const authority = await makeCertificate({ commonName: `Test CA ${crypto.randomUUID()}`, authority: true })
  const names = [...new Set(['localhost', '127.0.0.1', '::1', host])]
  const issued = new Map<CertificateKind, Promise<KeyPair>>()

  return {
    ca: authority.cert,
    issue(kind) {
      const existing = issued.get(kind)
      if (existing) return existing
      const pair = makeCertificate({ commonName: 'localhost', names, signer: authority, ...defects[kind] })
      issued.set(kind, pair)
      return pair
    },
  }
}

interface CertificateOptions {
  readonly commonName: string
  readonly names?: readonly string[]
  readonly authority?: boolean
  readonly signer?: KeyPair | undefined
  /** Days from now. */
  readonly from?: number
  /** Days from now. */
  readonly until?: number
}

const defects: Readonly<Record<CertificateKind, Partial<CertificateOptions>>> = {
  trusted: {},
  untrusted: { signer: undefined },
  expired: { from: -30, until: -1 },
  'not-yet-valid': { from: 1, until: 30 },
  'other-name': { commonName: 'mail.example.net', names: ['mail.example.net'] },
}

/** Creates a certificate signed by `signer`, or self-signed without one. */
export async function makeCertificate(options: CertificateOptions): Promise<KeyPair> {
  const { commonName, names, authority = false, signer, from = -1, until = 30 } = options
  const pems = await generate([{ name: 'commonName', value: commonName }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: daysFromNow(from),
    notAfterDate: daysFromNow(until),
    extensions: [
      { name: 'basicConstraints', cA: authority, critical: true },
      authority
        ? { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true }
        : { name: 'extKeyUsage', serverAuth: true },
      ...(names ? [{ name: 'subjectAltName' as const, altNames: names.map(altName) }] : []),
    ],
    ...(signer && { ca: signer }),
  })
  return { key: pems.private, cert: pems.cert }
}

function altName(name: string): { type: 2; value: string } | { type: 7; ip: string } {
  return isIP(name) ? { type: 7, ip: name } : { type: 2, value: name }
}

function daysFromNow(days: number): Date {
  return new Date(Date.now() + days * 24 * 60 * 60 * 1000)
}
