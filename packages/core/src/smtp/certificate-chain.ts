import type { PeerCertificate } from 'node:tls'
import { toFingerprint } from '../settings/fingerprint.ts'

/** The parts of a certificate that are used. Every field is absent if the peer sent no certificate. */
export type ShownCertificate = {
  readonly [Name in 'subject' | 'issuer' | 'subjectaltname' | 'valid_from' | 'valid_to' | 'fingerprint256' | 'raw']?: PeerCertificate[Name] | undefined
} & { readonly issuerCertificate?: ShownCertificate | undefined }

/** The fingerprint in the form of `tls.fingerprints`. */
export function fingerprintOf({ fingerprint256 }: Pick<ShownCertificate, 'fingerprint256'>): string | undefined {
  return fingerprint256 && toFingerprint(`sha256:${fingerprint256}`)
}

/** Longer than real chains. */
const MAX_LINKS = 10

/**
 * A certificate and its issuers, as far as Node found them. Node links them by name, so this proves nothing: a server may send a
 * certificate of an authority that has not signed its own.
 */
export function chainOf(certificate: ShownCertificate): readonly ShownCertificate[] {
  const chain: ShownCertificate[] = []
  let next: ShownCertificate | undefined = certificate
  // The last certificate is its own issuer.
  while (next && chain.length < MAX_LINKS && !chain.some((link) => link.fingerprint256 === next!.fingerprint256)) {
    chain.push(next)
    next = next.issuerCertificate
  }
  return chain
}
