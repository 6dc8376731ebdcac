import { withoutStray } from './characters.ts'
import type { Issue } from './issue.ts'
import { maskedUrl, schemes, splitUrl } from './masked-url.ts'
import { nested } from './nested.ts'

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
  const raw = nested({
    host: decode('host', url.hostname).replace(/^\[(.*)\]$/, '$1'),
    ...(url.port && { port: Number(url.port) }),
    ...(security && { security }),
    ...((user || pass) && { auth: { user, pass } }),
    ...Object.fromEntries(url.searchParams),
  })
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
