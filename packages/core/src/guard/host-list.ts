import ipaddr from 'ipaddr.js'
import { settingsError } from '../settings/issue.ts'
import { canonicalHost } from './host.ts'

/** Hosts that the operator allows or denies. */
export interface HostList {
  hasName(host: string): boolean
  hasAddress(address: string): boolean
}

/**
 * Reads names, addresses and CIDR ranges.
 *
 * @param option the name of the option, for the error
 * @throws SettingsError for any other entry
 */
export function readHostList(entries: readonly string[], option = 'allow'): HostList {
  const names = new Set<string>()
  const ranges: [ipaddr.IPv4 | ipaddr.IPv6, number][] = []
  entries.forEach((entry, index) => {
    const range = readRange(entry)
    const host = range ? undefined : canonicalHost(entry)
    if (range) ranges.push(range)
    else if (host?.kind === 'name') names.add(host.host)
    else throw settingsError([{ path: `${option}.${index}`, code: 'host-list' }])
  })
  return {
    hasName: (host) => names.has(host),
    hasAddress: (address) => {
      if (address.includes('%') || !ipaddr.isValid(address)) return false
      const parsed = ipaddr.parse(address)
      return ranges.some((range) => range[0].kind() === parsed.kind() && parsed.match(range))
    },
  }
}

function readRange(entry: string): [ipaddr.IPv4 | ipaddr.IPv6, number] | undefined {
  if (entry.includes('%')) return undefined
  const { IPv4, IPv6 } = ipaddr
  if (IPv4.isValidCIDRFourPartDecimal(entry) || IPv6.isValidCIDR(entry)) return ipaddr.parseCIDR(entry)
  if (IPv4.isValidFourPartDecimal(entry) || IPv6.isValid(entry)) return [ipaddr.parse(entry), IPv6.isValid(entry) ? 128 : 32]
  return undefined
}
