import type { TlsSettings } from '../settings/settings.ts'

/** Combines the TLS options of the operator and the body. The body may add a certificate authority, or fingerprints if the operator has
 * none, and restrict versions, but loosen nothing. */
export function strictestTls(own: TlsSettings = {}, posted: TlsSettings = {}): TlsSettings {
  const ca = [own.ca ?? [], posted.ca ?? []].flat()
  const newest = [own, posted].some(({ minVersion }) => minVersion === 'TLSv1.3')
  return { ...posted, ...own, ...(ca.length > 0 && { ca }), ...(newest && { minVersion: 'TLSv1.3' }) }
}
