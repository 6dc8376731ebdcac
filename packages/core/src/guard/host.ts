import { isIP } from 'node:net'

export type CanonicalHost = { readonly kind: 'name' | 'address'; readonly host: string }

const name = /^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** `0x7f.1` and `2130706433` are addresses to the system's resolver. A top-level domain is never a number (RFC 3696 §2). */
const endsInNumber = /(?:^|\.)(?:\d+|0x[0-9a-f]*)$/

/** A host in the one form that is compared, looked up and verified, or undefined for what is none. */
export function canonicalHost(host: string): CanonicalHost | undefined {
  if (isIP(host) !== 0) return host.includes('%') ? undefined : { kind: 'address', host }
  const lower = host.toLowerCase().replace(/\.$/, '')
  return name.test(lower) && !endsInNumber.test(lower) ? { kind: 'name', host: lower } : undefined
}
