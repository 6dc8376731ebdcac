import { isIPv4, isIPv6 } from 'node:net'

/**
 * The family of an IP address; 0 for any other text. Text without a colon is not passed to `isIPv6`, because the first call
 * takes about 10 ms: Node compiles its regular expression then.
 */
export function ipFamily(text: string): 0 | 4 | 6 {
  if (!text.includes(':')) return isIPv4(text) ? 4 : 0
  return isIPv6(text) ? 6 : 0
}
