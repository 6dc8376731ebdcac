import { BlockList } from 'node:net'
import { ipFamily } from './ip-family.ts'
import type { SmtpSettings } from './settings/settings.ts'

/** Whether the policy accepts an unencrypted connection to this host: by default for this machine alone. */
export function mayBeClear({ host, policy }: Pick<SmtpSettings, 'host' | 'policy'>): boolean {
  switch (policy?.allowCleartext ?? 'loopback') {
    case 'always':
      return true
    case 'loopback':
      return isLoopback(host)
    case 'never':
      return false
  }
}

/** Whether a host is this machine whatever DNS says: a loopback address, or a name that RFC 6761 §6.3 reserves for it. */
export function isLoopback(host: string): boolean {
  const family = ipFamily(host)
  if (family === 4) return host.startsWith('127.')
  if (family === 6) return loopback().check(host, 'ipv6')
  return /^(?:.+\.)?localhost\.?$/i.test(host)
}

let blockList: BlockList | undefined

/** In IPv6 an address has many spellings, and one for each of IPv4. */
function loopback(): BlockList {
  if (blockList) return blockList
  blockList = new BlockList()
  blockList.addSubnet('127.0.0.0', 8, 'ipv4')
  blockList.addAddress('::1', 'ipv6')
  return blockList
}
