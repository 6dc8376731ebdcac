import { ipFamily } from '../ip-family.ts'

/** Without control characters, since a CR LF in a login would start another command; and without lone surrogates, which have no UTF-8. */
export const printable = /^[^\p{Cc}\p{Cs}\u2028\u2029]*$/u

/** The maximum length of a user name or a secret, in UTF-16 units. */
export const LONGEST_TEXT = 65_536

/** PEM is the only text that may have line breaks. */
export const certificateText = /-----BEGIN [A-Z0-9 ]*CERTIFICATE-----/

/** Lists both cases: with the flag `i`, V8 takes twice as long to compile it. */
const hostName = /^(?=.{1,253}\.?$)(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.?$/

/** Whether a text is a host name or an IP address. */
export function isHost(value: string): boolean {
  return hostName.test(value) || ipFamily(value) !== 0
}

/** Whether a host is complete: an IP address, `localhost` or a name with a dot, not a single word, which may be anything. */
export function isCompleteHost(value: string): boolean {
  return value === 'localhost' || (value.includes('.') && isHost(value)) || ipFamily(value) !== 0
}
