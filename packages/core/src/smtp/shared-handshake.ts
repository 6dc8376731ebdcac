import type { Handshake } from './start-tls.ts'

/** How many are kept: an app has few servers. */
const MOST_KEPT = 16

/** The newest last. */
const kept: Handshake[] = []

/**
 * What a report shows of a handshake, without the keys, which take several times as much memory. A server shows every
 * transport the same certificate, and every transport remembers it: they share one object.
 */
export function sharedHandshake({ protocol, cipher, certificate }: Handshake): Handshake {
  const { subject, issuer, subjectaltname, valid_from, valid_to, fingerprint256 } = certificate
  const known = kept.find((one) => one.certificate.fingerprint256 === fingerprint256 && one.protocol === protocol && one.cipher === cipher)
  if (known) return known
  const shown = { protocol, cipher, certificate: { subject, issuer, subjectaltname, valid_from, valid_to, fingerprint256 } }
  // Without a certificate there is nothing to share.
  if (fingerprint256 !== undefined && kept.push(shown) > MOST_KEPT) kept.shift()
  return shown
}
