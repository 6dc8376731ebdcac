import type { SecureContextOptions } from 'node:tls'
import { createCertificates, makeCertificate } from '@postern/testing/certificates'

/** An authority made for this run, and what it signs: for servers of one's own, beside those of `startProvider`. */
export const certificates = await createCertificates('127.0.0.1')
export const { ca } = certificates
export const trusted: SecureContextOptions = await certificates.issue('trusted')

/** A certificate for this machine that ends in so many days. */
export async function endingIn(days: number): Promise<SecureContextOptions> {
  return await makeCertificate({ commonName: 'localhost', names: ['localhost', '127.0.0.1'], until: days })
}

/** A chain from an authority down to this machine, and everything below the authority as a server would send it. */
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
