import { findService, lookupProvider } from '@postern/core'
import { createRequire } from 'node:module'
import type { SMTPTransportOptions } from 'nodemailer'
import type lookUp from 'nodemailer/lib/well-known'

/** Ports that every host is tried on, and 25, which is not taken from a list: that takes the caller's own word. */
const ordinary: ReadonlySet<number> = new Set([25, 587, 2525])

/**
 * The settings of a service that nodemailer's list has and Postern's catalogue has not. The list's port comes first, and what
 * the caller gave goes before it.
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

/** The list is large, and few need it: it is not loaded before. */
function wellKnown(service: string): ReturnType<typeof lookUp> {
  const require = createRequire(import.meta.url)
  return (require('nodemailer/lib/well-known') as typeof lookUp)(service)
}
