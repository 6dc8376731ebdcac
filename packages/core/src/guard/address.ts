import ipaddr from 'ipaddr.js'

/** Azure's internal host service (WireServer). The address looks public. */
const cloudHost = '168.63.129.16'

/** Global unicast, the only allocated part of IPv6 (RFC 4291 §2.4). ipaddr.js reports addresses outside it, such as `4000::1`, as unicast too. */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3')

/** Whether an address is on the public internet: not special-purpose, and without an embedded IPv4 address. */
export function isPublicAddress(address: string): boolean {
  // An address with a zone is link-local.
  if (address.includes('%') || !ipaddr.isValid(address)) return false
  const parsed = ipaddr.parse(address)
  if (parsed.range() !== 'unicast') return false
  if (parsed instanceof ipaddr.IPv4) return parsed.toString() !== cloudHost
  return parsed.match(globalUnicast) && !isIsatap(parsed)
}

/** RFC 5214 §6.1: whether the interface identifier embeds an IPv4 address. */
function isIsatap({ parts }: ipaddr.IPv6): boolean {
  return parts[5] === 0x5efe && (parts[4]! & ~0x200) === 0
}
