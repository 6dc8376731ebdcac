import type { Reply } from './reply.ts'

/** What a server says it can do, in its reply to EHLO: keyword to parameters, both in upper case. */
export type Capabilities = ReadonlyMap<string, readonly string[]>

/** Reads the reply to EHLO; its first line is the server's name, not a capability (RFC 5321 §4.1.1.1). */
export function parseCapabilities(reply: Reply): Capabilities {
  const found = new Map<string, readonly string[]>()
  for (const line of reply.lines.slice(1)) {
    // Some servers still write the `AUTH=PLAIN` of the draft that came before RFC 4954.
    const [keyword, ...parameters] = line.toUpperCase().replace(/^AUTH=/, 'AUTH ').trim().split(/\s+/)
    if (keyword) found.set(keyword, [...(found.get(keyword) ?? []), ...parameters])
  }
  return found
}
