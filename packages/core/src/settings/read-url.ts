import { withoutStray } from './characters.ts'
import type { Issue } from './issue.ts'
import { maskedUrl, schemes, splitUrl } from './masked-url.ts'

/** The maximum depth of an option. It bounds the nesting for keys with many dots. */
const DEEPEST = 4

/** The result of reading a URL. */
export interface ReadUrl {
  readonly raw: Record<string, unknown>
  readonly issues: Issue[]
  /** What other programs may read differently in a URL that is valid here. */
  readonly hint?: Issue | undefined
}

/** Reads an smtp:// URL into an object; every part is percent-decoded. */
export function readUrl(input: string): ReadUrl {
  const issues: Issue[] = []
  const url = URL.canParse(input) ? new URL(input) : undefined
  const isOpaque = url?.hostname === '' && url.pathname !== ''
  // With an "@" behind the host, part of the login is not where it belongs, and must not be shown as the name of an option.
  if (!url || isOpaque || !Object.hasOwn(schemes, url.protocol.slice(0, -1)) || /@/.test(url.pathname + url.search + url.hash)) {
    return { raw: {}, issues: [explainUrl(input)] }
  }
  const suggestion = suggested(input)
  const decode = (path: string, text: string): string => {
    try {
      return decodeURIComponent(text)
    } catch {
      issues.push({ path, code: 'url-unencoded', ...encoding(['%']), suggestion })
      return text
    }
  }
  if (url.pathname !== '' && url.pathname !== '/') issues.push({ path: '', code: 'url-path', suggestion })
  if (url.hash) issues.push({ path: '', code: 'url-hash', suggestion })
  const user = decode('auth.user', url.username)
  const pass = decode('auth.pass', url.password)
  const security = schemes[url.protocol.slice(0, -1)]
  const raw: Record<string, unknown> = {
    host: decode('host', url.hostname).replace(/^\[(.*)\]$/, '$1'),
    ...(url.port && { port: Number(url.port) }),
    ...(security && { security }),
    ...((user || pass) && { auth: { user, pass } }),
  }
  for (const [key, value] of url.searchParams) assign(raw, key.split('.', DEEPEST), value)
  const hint: Issue | undefined = splitUrl(input).login?.includes('@') ? { path: '', code: 'url-unencoded', ...encoding(['@']), suggestion } : undefined
  return { raw, issues, hint }
}

/** Explains a text that is no URL for a mail server. */
function explainUrl(input: string): Issue {
  const { text, characters } = withoutStray(input)
  const unencoded = [...new Set(splitUrl(text).login?.match(/[@/?#[\]\\\s]|%(?![\da-f]{2})/gi))]
  const suggestion = suggested(text)
  // Without a host behind the "@", it is not certain that the text in front of it is a login.
  if (suggestion && unencoded.length > 0) return { path: '', code: 'url-unencoded', ...encoding(unencoded), suggestion }
  return characters.length > 0 ? { path: '', code: 'url-stray', characters, suggestion } : { path: '', code: 'url-malformed', suggestion }
}

/** The characters, and what to write instead. */
function encoding(characters: readonly string[]): Pick<Issue, 'characters' | 'values'> {
  return { characters, values: { encoded: characters.map((one) => `"${encodeURIComponent(one)}"`).join(', ') } }
}

function suggested(input: string): Issue['suggestion'] {
  const url = maskedUrl(input)
  return url === undefined ? undefined : { url }
}

/** Converts `?tls.servername=x` to `{ tls: { servername: 'x' } }`. */
function assign(target: Record<string, unknown>, path: readonly string[], value: string): void {
  const [head, ...rest] = path as [string, ...string[]]
  if (rest.length === 0) {
    define(target, head, value)
    return
  }
  const child = Object.hasOwn(target, head) ? target[head] : undefined
  const next: Record<string, unknown> = typeof child === 'object' && child !== null ? { ...child } : {}
  assign(next, rest, value)
  define(target, head, next)
}

/** Defines the key, so that `__proto__` is an ordinary, unknown key. */
function define(target: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
}
