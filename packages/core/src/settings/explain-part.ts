import { namedOnce, withoutStray } from './characters.ts'
import type { Issue } from './issue.ts'
import { explainHost } from './pasted-host.ts'

type Explanation = Omit<Issue, 'path'>

/** By path, what an invalid value says about what was meant, or what does not belong there. */
const explanations: Readonly<Record<string, (value: unknown) => Explanation | undefined>> = {
  host: explainHost,
  'tls.servername': explainServername,
  port: explainPort,
  'auth.user': findControlCharacters,
  'auth.pass': findControlCharacters,
  'auth.accessToken': findControlCharacters,
}

/** Says more about an issue, if the value allows it. */
export function explainPart(issue: Issue, value: unknown): Issue {
  const { path } = issue
  return Object.hasOwn(explanations, path) ? { ...issue, ...explanations[path]!(value) } : issue
}

/** Of a name for the certificate, only the host matters. */
function explainServername(value: unknown): Explanation | undefined {
  const host = explainHost(value)?.suggestion?.host
  return host === undefined ? undefined : { code: 'host', suggestion: { 'tls.servername': host } }
}

/** A port in quotes, or with a separator behind it. */
function explainPort(value: unknown): Explanation | undefined {
  if (typeof value !== 'string') return undefined
  const { text, characters } = withoutStray(value)
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port < 1 || port > 65_535) return undefined
  return { code: 'stray-characters', characters, values: { field: 'port' }, suggestion: { port } }
}

function findControlCharacters(value: unknown): Explanation | undefined {
  const found = typeof value === 'string' ? value.match(/[\p{Cc}\p{Cs}\u2028\u2029]/gu) : undefined
  return found ? { code: 'control-character', characters: namedOnce(found) } : undefined
}
