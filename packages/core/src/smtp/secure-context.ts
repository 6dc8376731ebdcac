import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls'
import { nodeTlsOf } from '../settings/node-tls.ts'
import type { TlsSettings } from '../settings/settings.ts'

/** RFC 8997 */
export const LEAST_VERSION = 'TLSv1.2'

/** How many are kept: an app has few ways of speaking TLS. */
const MOST_KEPT = 4

/** The newest last, each with the options it was made of. */
const kept: { readonly options: SecureContextOptions; readonly context: SecureContext }[] = []

/** Node makes a context for each connection, which takes as long as the rest of the handshake; here equal settings share one. */
export function secureContextFor({ ca, minVersion = LEAST_VERSION, maxVersion, ...rest }: TlsSettings = {}): SecureContext {
  const options: SecureContextOptions = {
    ...nodeTlsOf(rest),
    minVersion,
    maxVersion,
    ...(ca !== undefined && { ca: ca as NonNullable<SecureContextOptions['ca']> }),
  }
  const known = kept.find((one) => isSame(one.options, options))
  if (known) return known.context
  const context = createSecureContext(options)
  if (ca !== undefined && kept.push({ options, context }) > MOST_KEPT) kept.shift()
  return context
}

/** Texts are compared; another buffer or list is taken for another one. */
function isSame(one: SecureContextOptions, other: SecureContextOptions): boolean {
  const names = Object.keys(one) as (keyof SecureContextOptions)[]
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name])
}
