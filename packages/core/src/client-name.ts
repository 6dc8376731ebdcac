import { hostname } from 'node:os'
import { domainToASCII } from 'node:url'

/**
 * The address literal for a machine without a full domain name (RFC 5321 §4.1.3). Most servers accept it; Google's relay and some
 * others do not.
 */
export const LITERAL = '[127.0.0.1]'
const domain = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i
const literal = /^\[(?:\d{1,3}(?:\.\d{1,3}){3}|IPv6:[0-9a-f:.]{2,45})\]$/i

/** Whether a name is valid after EHLO (RFC 5321 §4.1.1.1). A container's host name with an underscore is not. */
export function isClientName(name: string): boolean {
  return domain.test(name) || literal.test(name) || label.test(name)
}

/** The host name of this machine: `full` if it is a domain name, `short` if it is a single label. */
export function machineNames(name: string = hostname()): { readonly full: string | undefined; readonly short: string | undefined } {
  return { full: isDomain(name) ? name : undefined, short: label.test(name) ? name : undefined }
}

/** The domain of an e-mail address, in ASCII; `undefined` for any other text, such as an API key. */
export function domainOf(address: string | undefined): string | undefined {
  const at = address?.lastIndexOf('@') ?? -1
  if (at === -1) return undefined
  const given = address!.slice(at + 1)
  // `domainToASCII` drops line breaks and decodes percent signs.
  const name = /[\s%]/.test(given) ? '' : domainToASCII(given)
  return isDomain(name) ? name : undefined
}

/** An IP address is no domain name, though it has the same form. */
function isDomain(name: string): boolean {
  return domain.test(name) && !/\.\d+$/.test(name)
}
