import { domainToASCII } from 'node:url'
import { ipFamily } from '../ip-family.ts'
import { lookupProvider } from '../providers/lookup.ts'
import { withoutStray } from './characters.ts'
import { isCompleteHost, isHost } from './formats.ts'
import type { Issue } from './issue.ts'
import { maskedUrl, schemes, splitUrl } from './masked-url.ts'

/** Longer texts are not searched for a host. */
const LONGEST = 1_000

/**
 * Explains a host that is not one but contains one: with quotes or separators around it, with a port, as a URL, or a mailbox in
 * its place.
 *
 * @returns undefined if nothing in the text looks like a host
 * @example
 * explainHost('smtp.example.com:587') // { code: 'host-port', suggestion: { host: 'smtp.example.com', port: 587 } }
 */
export function explainHost(value: unknown): Omit<Issue, 'path'> | undefined {
  if (typeof value !== 'string' || value.length > LONGEST) return undefined
  const { text, characters } = withoutStray(value)
  const { scheme, login, place } = splitUrl(text)
  if (login !== undefined) return explainMailbox(`${login}@${place}`) ?? explainUrl(text)
  const [server = ''] = place.split(/[/?#]/, 1)
  const found = readPlace(server.trim())
  const isImplicit = scheme !== undefined && Object.hasOwn(schemes, scheme) && schemes[scheme] === 'implicit'
  const suggestion = found && { ...found, ...(isImplicit && { security: 'implicit' }) }
  if (characters.length > 0) return { code: 'host-stray', characters, suggestion }
  if (!suggestion) return undefined
  if (server !== text) return { code: 'host-url', suggestion }
  return { code: found.port === undefined ? 'host-form' : 'host-port', suggestion }
}

/** The host, and the port if there is one, of `smtp.example.com:587`, `smtp.example.com 587` or `[2001:db8::1]:587`. */
function readPlace(place: string): { readonly host: string; readonly port?: number } | undefined {
  const [, name = place, digits] = /^(.+?)(?::\s*|\s+)(\d{2,5})?$/.exec(ipFamily(place) === 0 ? place : '') ?? []
  const host = asHost(name.replace(/^\[(.*)\]$/, '$1'))
  const port = digits === undefined ? undefined : Number(digits)
  if (host === undefined || (port !== undefined && port > 65_535)) return undefined
  if (port !== undefined) return { host, port }
  // A single word could be a password in the wrong field.
  return isCompleteHost(host) ? { host } : undefined
}

function asHost(name: string): string | undefined {
  if (isHost(name)) return name
  const ascii = /^[\p{L}\p{M}\p{N}.-]+$/u.test(name) ? domainToASCII(name) : ''
  return ascii !== '' && isHost(ascii) ? ascii : undefined
}

/** An e-mail address: the host is that of its provider, if it is known. */
function explainMailbox(text: string): Omit<Issue, 'path'> | undefined {
  const domain = /^[^@:/?#\s]+@([^@:/?#\s]+)$/.exec(text)?.[1]
  if (domain === undefined || !isHost(domain)) return undefined
  const provider = lookupProvider(domain)
  const host = provider?.hosts.find((one) => !one.includes('*'))
  return { code: 'host-mailbox', suggestion: host === undefined ? undefined : { host } }
}

function explainUrl(text: string): Omit<Issue, 'path'> {
  const url = maskedUrl(text)
  return { code: 'host-url', suggestion: url === undefined ? undefined : { url } }
}
