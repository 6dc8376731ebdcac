import type { TlsSettings } from '../settings/settings.ts'

/** The operator's TLS with the posted one beside it: a body may trust its own authority too, and ask for more, not for less. */
export function strictestTls(own: TlsSettings = {}, posted: TlsSettings = {}): TlsSettings {
  const ca = [own.ca ?? [], posted.ca ?? []].flat()
  const newest = [own, posted].some(({ minVersion }) => minVersion === 'TLSv1.3')
  return { ...posted, ...own, ...(ca.length > 0 && { ca }), ...(newest && { minVersion: 'TLSv1.3' }) }
}
