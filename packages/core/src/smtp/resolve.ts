import { lookup as nodeLookup } from 'node:dns'
import { ipFamily } from '../ip-family.ts'
import { fromSystemError } from '../failure/from-system-error.ts'
import { SmtpError } from '../failure/smtp-error.ts'
import { isLoopback } from '../cleartext.ts'
import { bounded, type Bounds } from './bounded.ts'

/** An address of a host. */
export interface Address {
  readonly address: string
  readonly family: 4 | 6
}

/** RFC 6761 §6.3: `localhost` names are not looked up in DNS, because the answer could be another machine. */
const loopback: readonly Address[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
]

/**
 * Resolves a host with `dns.lookup`, which also reads the hosts file. An IP address resolves to itself.
 *
 * @throws SmtpError `dns-not-found`, `dns-timeout`, or the codes of the bounds
 */
export async function resolveHost(host: string, bounds: Bounds): Promise<readonly Address[]> {
  const family = ipFamily(host)
  if (family !== 0) return [{ address: host, family }]
  if (isLoopback(host)) return loopback
  return await bounded<readonly Address[]>(bounds, (resolve, reject) => {
    nodeLookup(host, { all: true, order: 'verbatim' }, (error, addresses) => {
      if (error) reject(new SmtpError(fromSystemError(error, 'dns-not-found')))
      else if (addresses.length === 0) reject(new SmtpError({ code: 'dns-not-found' }))
      else resolve(addresses as Address[])
    })
    return () => {}
  })
}
