/** As `openssl x509 -fingerprint -sha256` prints it, and as `TlsSettings` has it. */
const spelling = /^sha-?256(?::| fingerprint=)((?:[0-9a-f]{2}:?){31}[0-9a-f]{2})$/i

/** More than a rotation of certificates needs. */
export const MOST_FINGERPRINTS = 16

/** `sha256:` and 64 hexadecimal digits in lower case. */
export const canonicalFingerprint = /^sha256:[0-9a-f]{64}$/

/**
 * The canonical form of a SHA-256 fingerprint, with or without colons between the bytes.
 *
 * @returns undefined for any other value
 */
export function toFingerprint(value: unknown): string | undefined {
  const digits = typeof value === 'string' ? spelling.exec(value.trim())?.[1] : undefined
  return digits && `sha256:${digits.replaceAll(':', '').toLowerCase()}`
}
