import { ipFamily } from '../ip-family.ts'

/** No control character may reach the wire: a CR LF in a login would be a command of its own. Half a surrogate has no UTF-8. */
export const printable = /^[^\p{Cc}\p{Cs}\u2028\u2029]*$/u

/** The longest text that is taken for a user name or a secret, in UTF-16 units. */
export const LONGEST_TEXT = 65_536

/** PEM has line breaks, which nothing else may have. */
export const certificateText = /-----BEGIN [A-Z0-9 ]*CERTIFICATE-----/

/** With both cases spelled out: V8 takes twice as long to compile it with the flag `i`. */
const hostName = /^(?=.{1,253}\.?$)(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.?$/

/** Whether a text is a host name or an IP address. */
export function isHost(value: string): boolean {
  return hostName.test(value) || ipFamily(value) !== 0
}
