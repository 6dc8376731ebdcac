import { hostname } from 'node:os'

/** The address literal for a machine without a fully qualified name (RFC 5321 §4.1.3). */
const ADDRESS_LITERAL = '[127.0.0.1]'
const domain = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i
const literal = /^\[(?:\d{1,3}(?:\.\d{1,3}){3}|IPv6:[0-9a-f:.]{2,45})\]$/i

/** Whether a name is valid after EHLO (RFC 5321 §4.1.1.1). A container's host name with an underscore is not. */
export function isClientName(name: string): boolean {
  return domain.test(name) || literal.test(name) || /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i.test(name)
}

/** The default EHLO name: the host name of this machine if it is fully qualified, otherwise an address literal. */
export function defaultClientName(name: string = hostname()): string {
  return domain.test(name) ? name : ADDRESS_LITERAL
}
