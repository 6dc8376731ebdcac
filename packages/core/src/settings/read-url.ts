import type { SettingsIssue } from './settings-error.ts'

/** The security for each scheme. `smtp:` has none: it follows from the port. */
const schemes: Readonly<Record<string, 'implicit' | 'starttls' | undefined>> = {
  'smtp:': undefined,
  'smtps:': 'implicit',
  'smtp+starttls:': 'starttls',
  'submission:': 'starttls',
  'submissions:': 'implicit',
}

/** The maximum depth of an option. It bounds the nesting for keys with many dots. */
const DEEPEST = 4

/** Reads an smtp:// URL into an object; every part is percent-decoded. */
export function readUrl(input: string): { readonly raw: Record<string, unknown>; readonly issues: SettingsIssue[] } {
  const issues: SettingsIssue[] = []
  const url = URL.canParse(input) ? new URL(input) : undefined
  if (!url || !(url.protocol in schemes)) {
    issues.push({ path: '', message: `The URL should look like smtp://user:password@smtp.example.com:587, and begin with ${known()}.` })
    return { raw: {}, issues }
  }
  const decode = (path: string, text: string): string => {
    try {
      return decodeURIComponent(text)
    } catch {
      issues.push({ path, message: 'has a "%" that is not percent-encoding; write "%25" for a percent sign.' })
      return text
    }
  }
  // Part of a password with an unescaped "?" ends up here, and must not be shown as the name of an option.
  if (url.search.includes('@')) {
    issues.push({ path: '', message: 'The URL has an "@" behind its "?"; in a password write them as "%40" and "%3F".' })
    return { raw: {}, issues }
  }
  if (url.pathname !== '' && url.pathname !== '/') issues.push({ path: '', message: 'The URL should have no path.' })
  if (url.hash) issues.push({ path: '', message: 'The URL should have no "#"; in a password write it as "%23".' })
  const user = decode('auth.user', url.username)
  const pass = decode('auth.pass', url.password)
  const security = schemes[url.protocol]
  const raw: Record<string, unknown> = {
    host: decode('host', url.hostname).replace(/^\[(.*)\]$/, '$1'),
    ...(url.port && { port: Number(url.port) }),
    ...(security && { security }),
    ...((user || pass) && { auth: { user, pass } }),
  }
  for (const [key, value] of url.searchParams) assign(raw, key.split('.', DEEPEST), value)
  return { raw, issues }
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

function known(): string {
  return 'smtp://, smtps:// or smtp+starttls://'
}
