import { ipFamily } from '../ip-family.ts'
import { isPrivateHost } from './private-host.ts'
import type { Found, Subject } from './rule.ts'

/** Numeric forms that `getaddrinfo` may read as an address: 2130706433, 127.1 and 0x7f.1 all mean 127.0.0.1. */
const shortAddress = /^(?:0x[0-9a-f]+|\d+)(?:\.(?:0x[0-9a-f]+|\d+))*\.?$/i

export function hostMalformed({ settings: { host }, issues, url }: Subject): Found | undefined {
  if (host !== undefined) return isShortAddress(host) ? { severity: 'error' } : undefined
  return url ? undefined : { severity: 'error', issue: issues.find(({ path }) => path === 'host') }
}

export function hostIsAddress({ settings: { host = '', tls }, local }: Subject): Found | undefined {
  const named = tls?.servername !== undefined && ipFamily(tls.servername) === 0
  return ipFamily(host) !== 0 && !local && !isPrivateHost(host) && !named && !tls?.fingerprints ? { severity: 'warning', values: { host } } : undefined
}

/** Also explains why a settings check refuses the host. It depends on the settings alone, so it reveals nothing about the network. */
export function hostPrivate({ settings, local }: Subject): Found | undefined {
  const { host, tls, security } = settings
  if (host === undefined || local || isShortAddress(host) || !isPrivateHost(host)) return undefined
  const isTrusted = security === 'none' || tls?.ca !== undefined || tls?.fingerprints !== undefined || tls?.servername !== undefined
  return isTrusted ? { severity: 'info', values: { host }, text: 'host-private-trusted' } : { severity: 'warning', values: { host } }
}

function isShortAddress(host: string): boolean {
  return ipFamily(host) === 0 && shortAddress.test(host)
}
