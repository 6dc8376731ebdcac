import { BlockList } from 'node:net'
import { ipFamily } from './ip-family.ts'
import type { SmtpSettings } from './settings/settings.ts'

/** Whether the policy allows an unencrypted connection to this host. By default only loopback hosts are allowed. */
export function allowsCleartext({ host, policy }: Pick<SmtpSettings, 'host' | 'policy'>): boolean {
  switch (policy?.allowCleartext ?? 'loopback') {
    case 'always':
      return true
    case 'loopback':
      return isLoopback(host)
    case 'never':
      return false
  }
}

/** Whether a host is this machine without asking DNS: a loopback address, or a name that RFC 6761 §6.3 reserves for it. */
export function isLoopback(host: string): boolean {
  const family = ipFamily(host)
  if (family === 4) return host.startsWith('127.')
  if (family === 6) return loopback().check(host, 'ipv6')
  return /^(?:.+\.)?localhost\.?$/i.test(host)
}

let loopbackList: BlockList | undefined

/** An IPv6 address has many spellings, IPv4-mapped ones included; `BlockList` compares them by value. */
function loopback(): BlockList {
  if (loopbackList) return loopbackList
  loopbackList = new BlockList()
  loopbackList.addSubnet('127.0.0.0', 8, 'ipv4')
  loopbackList.addAddress('::1', 'ipv6')
  return loopbackList
}
