import { createPrivateKey, webcrypto } from 'node:crypto'
import type { SecureContextOptions } from 'node:tls'
import { X509Certificate, X509CrlGenerator } from '@peculiar/x509'
import { createCertificates, makeCertificate } from '@postern/testing/certificates'

/** A certificate authority created for this run, for servers other than those of `startProvider`. */
export const certificates = await createCertificates('127.0.0.1')
export const { ca } = certificates
export const trusted: SecureContextOptions = await certificates.issue('trusted')

/** A certificate for this machine that expires in this number of days. */
export async function expiringIn(days: number): Promise<SecureContextOptions> {
  return await makeCertificate({ commonName: 'localhost', names: ['localhost', '127.0.0.1'], until: days })
}

/** A chain from a root authority to a certificate for this machine; `context` has everything below the root, as a server sends it. */
export async function chainOf(links: number): Promise<{ readonly ca: string; readonly context: SecureContextOptions }> {
  const root = await makeCertificate({ commonName: 'Root', authority: true })
  let signer = root
  let sent = ''
  for (let link = links - 2; link > 0; link -= 1) {
    signer = await makeCertificate({ commonName: `Authority ${link}`, authority: true, signer })
    sent = `${signer.cert}\n${sent}`
  }
  const { key, cert } = await makeCertificate({ commonName: 'localhost', names: ['localhost', '127.0.0.1'], signer })
  return { ca: root.cert, context: { key, cert: `${cert}\n${sent}` } }
}

/** An authority, a certificate for this machine, and a revocation list that contains the certificate or is empty. */
export async function withRevocations(revoked: boolean): Promise<{ readonly ca: string; readonly crl: string; readonly context: SecureContextOptions }> {
  const authority = await makeCertificate({ commonName: 'Root', authority: true })
  const context = await makeCertificate({ commonName: 'localhost', names: ['localhost', '127.0.0.1'], signer: authority })
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const key = createPrivateKey(authority.key).export({ type: 'pkcs8', format: 'der' })
  const list = await X509CrlGenerator.create({
    issuer: new X509Certificate(authority.cert).subject,
    entries: revoked ? [{ serialNumber: new X509Certificate(context.cert).serialNumber }] : [],
    nextUpdate: new Date(Date.now() + 24 * 3_600_000),
    signingAlgorithm: algorithm,
    signingKey: await webcrypto.subtle.importKey('pkcs8', key, algorithm, false, ['sign']),
  })
  // OpenSSL expects `X509 CRL` in the PEM header.
  const crl = list.toString('pem').replaceAll(/(?<=BEGIN |END )CRL/g, 'X509 CRL')
  return { ca: authority.cert, context, crl }
}
