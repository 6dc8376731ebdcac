import { isIP } from 'node:net'
import { generate } from 'selfsigned'

/** What a certificate is like: `trusted` is the one in order, the others each have one thing wrong. */
export type CertificateKind = 'trusted' | 'untrusted' | 'expired' | 'not-yet-valid' | 'other-name'

/** A private key and its certificate, both PEM. */
interface KeyPair {
  readonly key: string
  readonly cert: string
}

/** A certificate authority that lives as long as the provider. */
export interface Certificates {
  readonly ca: string
  issue(kind: CertificateKind): Promise<KeyPair>
}

/** Makes a new authority and hands out certificates for `localhost`, the loopback addresses and `host`. */
export async function createCertificates(host: string): Promise<Certificates> {
  const authority = await makeCertificate({ commonName: `Test CA ${crypto.randomUUID()}`, authority: true })
  const names = [...new Set(['localhost', '127.0.0.1', '::1', host])]
  const issued = new Map<CertificateKind, Promise<KeyPair>>()

  return {
    ca: authority.cert,
    issue(kind) {
      const known = issued.get(kind)
      if (known) return known
      const made = makeCertificate({ commonName: 'localhost', names, signer: authority, ...flaws[kind] })
      issued.set(kind, made)
      return made
    },
  }
}

/** What a certificate is to be like. */
interface Order {
  readonly commonName: string
  readonly names?: readonly string[]
  readonly authority?: boolean
  readonly signer?: KeyPair | undefined
  /** Days from now. */
  readonly from?: number
  /** Days from now. */
  readonly until?: number
}

const flaws: Readonly<Record<CertificateKind, Partial<Order>>> = {
  trusted: {},
  untrusted: { signer: undefined },
  expired: { from: -30, until: -1 },
  'not-yet-valid': { from: 1, until: 30 },
  'other-name': { commonName: 'mail.example.net', names: ['mail.example.net'] },
}

/** Makes one certificate: signed by `signer`, else by itself. */
export async function makeCertificate(order: Order): Promise<KeyPair> {
  const { commonName, names, authority = false, signer, from = -1, until = 30 } = order
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
