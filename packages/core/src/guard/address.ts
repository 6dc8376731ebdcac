import ipaddr from 'ipaddr.js'

/** Where the network's host answers the guests of one large cloud; everybody else sees a public address. */
const cloudHost = '168.63.129.16'

/** Global unicast, the only part of IPv6 that is given out (RFC 4291 §2.4): the library calls `4000::1` unicast too. */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3')

/** Whether an address is one of the public internet: no special purpose, and no IPv4 address wrapped into it. */
export function isPublicAddress(address: string): boolean {
  // An address with a zone belongs to one link.
  if (address.includes('%') || !ipaddr.isValid(address)) return false
  const parsed = ipaddr.parse(address)
  if (parsed.range() !== 'unicast') return false
  if (parsed instanceof ipaddr.IPv4) return parsed.toString() !== cloudHost
  return parsed.match(globalUnicast) && !isIsatap(parsed)
}

/** RFC 5214 §6.1: the interface identifier of an address behind which lies an IPv4 one. */
function isIsatap({ parts }: ipaddr.IPv6): boolean {
  return parts[5] === 0x5efe && (parts[4]! & ~0x200) === 0
}
