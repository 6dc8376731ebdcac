import { X509Certificate } from 'node:crypto'
import { checkServerIdentity, type ConnectionOptions } from 'node:tls'
import { SmtpError } from '../failure/smtp-error.ts'
import { toFingerprint } from '../settings/fingerprint.ts'
import { nodeTlsOf } from '../settings/node-tls.ts'
import type { TlsSettings } from '../settings/settings.ts'
import { chainOf, fingerprintOf, type ShownCertificate } from './certificate-chain.ts'

/** How many are kept: an app has few private relays. */
const MOST_KEPT = 64

/** Certificates with a fingerprint of some settings, in PEM, by fingerprint. Each is trusted only by settings with its fingerprint. */
const seen = new Map<string, string>()

/** Thrown if the server sent a certificate with one of the fingerprints for the first time. A new connection can trust it. */
export class PinnedCertificateSeen extends SmtpError {}

/**
 * The trust of settings with `tls.fingerprints`. A fingerprint only selects which certificates Node trusts: those with a fingerprint of
 * the settings, and no others. Node verifies the rest as always: signatures, dates, and the name.
 */
export class Pins {
  readonly #settings: TlsSettings
  readonly #fingerprints: ReadonlySet<string>
  readonly #trusted: ReadonlyMap<string, string>

  /** @param fingerprints those of the settings */
  constructor(settings: TlsSettings, fingerprints: readonly string[]) {
    this.#settings = settings
    // Invalid ones match nothing. `parseSettings` rejects them.
    this.#fingerprints = new Set([fingerprints].flat().flatMap((one) => toFingerprint(one) ?? []))
    if (settings.ca !== undefined) this.#remember(certificatesIn(settings.ca))
    this.#trusted = new Map([...seen].filter(([fingerprint]) => this.#fingerprints.has(fingerprint)))
  }

  /** The settings with this trust. */
  get settings(): TlsSettings {
    const { servername, minVersion, maxVersion } = this.#settings
    const { checkServerIdentity: _, ...nodeTls } = nodeTlsOf(this.#settings) as ConnectionOptions
    // An empty text would mean Node's own authorities.
    const ca = this.#trusted.size > 0 ? [...this.#trusted.values()].join('\n') : noAuthorities
    return { ...nodeTls, servername, minVersion, maxVersion, ca, allowPartialTrustChain: true }
  }

  /** Accepts any name if the certificate of the server itself is pinned: then it needs no name. */
  readonly checkServerIdentity: typeof checkServerIdentity = (host, certificate) => {
    const own = this.#settings.checkServerIdentity
    if (own) return own(host, certificate)
    return this.#has(certificate) ? undefined : checkServerIdentity(host, certificate)
  }

  /**
   * The reason why a certificate was refused.
   *
   * @param certificate the certificate of the server, with its chain
   */
  explain(refusal: SmtpError, certificate: ShownCertificate): SmtpError {
    const pinned = chainOf(certificate).filter((link) => this.#has(link))
    const { code, systemCode } = refusal.facts
    // Untrusted although the chain has one of them: it has not signed the others.
    if (pinned.length > 0 && code !== 'certificate-untrusted') return refusal
    const facts = { code: 'certificate-changed', systemCode, values: { fingerprint: fingerprintOf(certificate) } } as const
    const isNew = pinned.some((link) => !this.#trusted.has(fingerprintOf(link)!))
    if (!isNew) return new SmtpError(facts)
    this.#remember(pinned.flatMap(({ raw }) => (raw ? new X509Certificate(raw) : [])))
    return new PinnedCertificateSeen(facts)
  }

  #has(certificate: Pick<ShownCertificate, 'fingerprint256'>): boolean {
    const fingerprint = fingerprintOf(certificate)
    return fingerprint !== undefined && this.#fingerprints.has(fingerprint)
  }

  #remember(certificates: readonly X509Certificate[]): void {
    for (const certificate of certificates) {
      if (!this.#has(certificate)) continue
      seen.set(fingerprintOf(certificate)!, certificate.toString())
      if (seen.size > MOST_KEPT) seen.delete(seen.keys().next().value!)
    }
  }
}

/** Always the same array, because cached secure contexts are compared by reference. */
const noAuthorities: string[] = []

const pem = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** The last `tls.ca` with its certificates: most processes have one, and parsing a large one takes milliseconds. */
let parsed: { readonly ca: unknown; readonly certificates: readonly X509Certificate[] } | undefined

/** The certificates in `tls.ca`. Node reports invalid ones. */
function certificatesIn(ca: NonNullable<TlsSettings['ca']>): readonly X509Certificate[] {
  if (parsed?.ca !== ca) parsed = { ca, certificates: parse(ca) }
  return parsed.certificates
}

function parse(ca: NonNullable<TlsSettings['ca']>): X509Certificate[] {
  const texts = [ca].flat().flatMap((one) => String(one).match(pem) ?? [])
  return texts.flatMap((text) => {
    try {
      return new X509Certificate(text)
    } catch {
      return []
    }
  })
}
