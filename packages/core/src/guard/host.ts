import { isIP } from 'node:net'

export type CanonicalHost = { readonly kind: 'name' | 'address'; readonly host: string }

const name = /^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** The system resolver takes `0x7f.1` and `2130706433` for addresses. A top-level domain is never numeric (RFC 3696 §2). */
const endsInNumber = /(?:^|\.)(?:\d+|0x[0-9a-f]*)$/

/** Normalises a host for comparison, DNS lookup and certificate verification. Undefined if it is not a valid host. */
export function canonicalHost(host: string): CanonicalHost | undefined {
  if (isIP(host) !== 0) return host.includes('%') ? undefined : { kind: 'address', host }
  const lower = host.toLowerCase().replace(/\.$/, '')
  return name.test(lower) && !endsInNumber.test(lower) ? { kind: 'name', host: lower } : undefined
}
