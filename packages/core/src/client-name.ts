import { hostname } from 'node:os'

/** What every server accepts from a machine that has no full name (RFC 5321 §4.1.3). */
const ADDRESS_LITERAL = '[127.0.0.1]'
const domain = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i
const literal = /^\[(?:\d{1,3}(?:\.\d{1,3}){3}|IPv6:[0-9a-f:.]{2,45})\]$/i

/** Whether a name may follow EHLO (RFC 5321 §4.1.1.1). A container's name with an underscore, for one, may not. */
export function isClientName(name: string): boolean {
  return domain.test(name) || literal.test(name) || /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i.test(name)
}

/** The EHLO name of this machine: its own where that is a full domain name. */
export function defaultClientName(own: string = hostname()): string {
  return domain.test(own) ? own : ADDRESS_LITERAL
}
