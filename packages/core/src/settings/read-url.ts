import type { SettingsIssue } from './settings-error.ts'

/** What a scheme says about security. `smtp:` says nothing: then the port does. */
const schemes: Readonly<Record<string, 'implicit' | 'starttls' | undefined>> = {
  'smtp:': undefined,
  'smtps:': 'implicit',
  'smtp+starttls:': 'starttls',
  'submission:': 'starttls',
  'submissions:': 'implicit',
}

/** No option lies deeper; a key with a thousand dots is no reason to go a thousand levels down. */
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
  // A password with a bare "?" ends up here in part, and must not be named as if it were an option.
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

/** `?tls.servername=x` is `{ tls: { servername: 'x' } }`. */
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

/** A key called `__proto__` is a key like any other, and an unknown one. */
function define(target: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
}

function known(): string {
  return 'smtp://, smtps:// or smtp+starttls://'
}
