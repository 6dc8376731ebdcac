import { isIPv4, isIPv6 } from 'node:net'

/**
 * The family of an address; 0 for what is none. Node compiles its expression for IPv6, which takes some 10 ms, with the first
 * text that is not IPv4: a name without a colon need not wait for that.
 */
export function ipFamily(text: string): 0 | 4 | 6 {
  if (!text.includes(':')) return isIPv4(text) ? 4 : 0
  return isIPv6(text) ? 6 : 0
}
