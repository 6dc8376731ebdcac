import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls'
import { nodeTlsOf } from '../settings/node-tls.ts'
import type { TlsSettings } from '../settings/settings.ts'

/** RFC 8997 */
export const LEAST_VERSION = 'TLSv1.2'

/** The size of the cache. An application uses few different TLS options. */
const MAX_CACHED = 4

/** Oldest first, each with the options it was created from. */
const cache: { readonly options: SecureContextOptions; readonly context: SecureContext }[] = []

/** Returns a cached context for equal settings. Node would create one per connection, which takes as long as the rest of the handshake. */
export function secureContextFor({ ca, minVersion = LEAST_VERSION, maxVersion, ...rest }: TlsSettings = {}): SecureContext {
  const options: SecureContextOptions = {
    ...nodeTlsOf(rest),
    minVersion,
    maxVersion,
    ...(ca !== undefined && { ca: ca as NonNullable<SecureContextOptions['ca']> }),
  }
  const known = cache.find((one) => isSame(one.options, options))
  if (known) return known.context
  const context = createSecureContext(options)
  if (ca !== undefined && cache.push({ options, context }) > MAX_CACHED) cache.shift()
  return context
}

/** Compares strings by value, buffers and arrays by reference. */
function isSame(one: SecureContextOptions, other: SecureContextOptions): boolean {
  const names = Object.keys(one) as (keyof SecureContextOptions)[]
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name])
}
