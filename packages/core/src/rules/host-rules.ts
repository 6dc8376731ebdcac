import { ipFamily } from '../ip-family.ts'
import type { Found, Subject } from './rule.ts'

/** Numeric forms that `getaddrinfo` may read as an address: 2130706433, 127.1 and 0x7f.1 all mean 127.0.0.1. */
const shortAddress = /^(?:0x[0-9a-f]+|\d+)(?:\.(?:0x[0-9a-f]+|\d+))*\.?$/i

export function hostMalformed({ settings: { host } }: Subject): Found | undefined {
  return host === undefined || (ipFamily(host) === 0 && shortAddress.test(host)) ? { severity: 'error' } : undefined
}

export function hostIsAddress({ settings: { host = '', tls }, local }: Subject): Found | undefined {
  const named = tls?.servername !== undefined && ipFamily(tls.servername) === 0
  return ipFamily(host) !== 0 && !local && !named && !tls?.fingerprints ? { severity: 'warning', values: { host } } : undefined
}
