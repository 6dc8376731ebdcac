import { findService, lookupProvider } from '@postern/core'
import { createRequire } from 'node:module'
import type { SMTPTransportOptions } from 'nodemailer'
import type lookUp from 'nodemailer/lib/well-known'

/** Ports of the list that are not used: those that are tried anyway, and 25, which the caller must request explicitly. */
const ordinary: ReadonlySet<number> = new Set([25, 587, 2525])

/**
 * Adds the settings of a service that is in nodemailer's list but not in Postern's catalogue. The port of the list is tried
 * first; the caller's settings take precedence.
 */
export function withListedService<Given extends SMTPTransportOptions | null | undefined>(given: Given): Given {
  const { service, host } = given ?? {}
  if (typeof service !== 'string' || findService(service)) return given
  const listed = wellKnown(service)
  if (!listed) return given
  const { host: found = 'localhost', ignoreTLS } = listed
  const port = Number(listed.port ?? 587)
  const named = { ...given, service: undefined, host: host || found }
  if (host || lookupProvider(found) || ordinary.has(port)) return named
  if (port === 465) return { policy: { implicitTls: 'first' }, ...named }
  return { port, ignoreTLS, ...named }
}

/** Loaded on demand, because the list is large and rarely needed. */
function wellKnown(service: string): ReturnType<typeof lookUp> {
  const require = createRequire(import.meta.url)
  return (require('nodemailer/lib/well-known') as typeof lookUp)(service)
}
