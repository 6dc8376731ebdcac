import { BlockList } from 'node:net'
import { ipFamily } from '../ip-family.ts'

/** A name without a dot, such as a service of Docker Compose, or below a domain that is not in the public DNS (RFC 6762 Appendix G, RFC 8375). */
const privateName = /^[^.]+\.?$|\.(?:internal|local|localdomain|lan|home|corp|intranet|private|home\.arpa)\.?$/i

/** Whether a host is in a private network, as far as its name or address says. */
export function isPrivateHost(host: string): boolean {
  const family = ipFamily(host)
  return family === 0 ? privateName.test(host) : privateRanges().check(host, family === 6 ? 'ipv6' : 'ipv4')
}

let ranges: BlockList | undefined

/** RFC 1918, RFC 6598 (carrier-grade NAT), RFC 4193 (unique local), and link-local addresses. */
function privateRanges(): BlockList {
  if (ranges) return ranges
  ranges = new BlockList()
  ranges.addSubnet('10.0.0.0', 8, 'ipv4')
  ranges.addSubnet('172.16.0.0', 12, 'ipv4')
  ranges.addSubnet('192.168.0.0', 16, 'ipv4')
  ranges.addSubnet('100.64.0.0', 10, 'ipv4')
  ranges.addSubnet('169.254.0.0', 16, 'ipv4')
  ranges.addSubnet('fc00::', 7, 'ipv6')
  ranges.addSubnet('fe80::', 10, 'ipv6')
  return ranges
}
