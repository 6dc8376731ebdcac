import { isCompleteHost } from './formats.ts'
import { HIDDEN } from './hide-secrets.ts'

/** The security for each scheme. `smtp` has none: it follows from the port. */
export const schemes: Readonly<Record<string, 'implicit' | 'starttls' | undefined>> = {
  smtp: undefined,
  smtps: 'implicit',
  'smtp+starttls': 'starttls',
  submission: 'starttls',
  submissions: 'implicit',
}

/** The parts of a text that was meant as a URL. Nothing in them is decoded. */
export interface UrlParts {
  readonly scheme: string | undefined
  /** What is in front of the last "@"; undefined without one. */
  readonly login: string | undefined
  /** Host, port and options. */
  readonly place: string
}

/** Splits a text that was meant as a URL. The login ends at the last "@", since hosts have none. */
export function splitUrl(text: string): UrlParts {
  // Also "//", "smtp//" and "smtp:", which are common mistakes.
  const [, scheme, bare, rest = ''] = /^(?:(?:([a-z][a-z\d+.-]*):?)?\/\/|(smtps?|submissions?):(?!\d+$))?(.*)$/is.exec(text) ?? []
  const at = rest.lastIndexOf('@')
  return { scheme: (scheme ?? bare)?.toLowerCase(), login: at < 0 ? undefined : rest.slice(0, at), place: rest.slice(at + 1) }
}

/**
 * What a text that was meant as a URL should be: user name encoded, secret and options replaced.
 *
 * @returns undefined if it has no host in full
 * @example
 * maskedUrl('ada@example.com:a#b@smtp.example.com') // 'smtp://ada%40example.com:[hidden]@smtp.example.com'
 */
export function maskedUrl(text: string): string | undefined {
  const { scheme, login, place } = splitUrl(text)
  const [, name, port = '', query] = /^(\[[^\]]+\]|[^:/?#\s]+)(:\d{1,5})?[^?]*(\?.*)?$/s.exec(place) ?? []
  const host = name?.replace(/^\[(.*)\]$/, '$1')
  if (host === undefined || !isCompleteHost(host)) return undefined
  const known = scheme !== undefined && Object.hasOwn(schemes, scheme) ? scheme : 'smtp'
  return `${known}://${maskedLogin(login)}${name}${port}${query ? '?…' : ''}`
}

/** A login without a colon may be a key, so that it is replaced as a whole. */
function maskedLogin(login: string | undefined): string {
  if (!login) return ''
  const colon = login.indexOf(':')
  return colon < 0 ? `${HIDDEN}@` : `${encoded(login.slice(0, colon))}:${HIDDEN}@`
}

/** Encodes what is not encoded yet. A "%" that encodes nothing is itself. */
function encoded(text: string): string {
  try {
    return encodeURIComponent(decodeURIComponent(text.replace(/%(?![\da-f]{2})/gi, '%25')))
  } catch {
    return HIDDEN
  }
}
