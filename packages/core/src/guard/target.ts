import { isIP } from 'node:net'
import { isLoopback } from '../cleartext.ts'
import type { FailureCode } from '../failure/failure.ts'
import { fromSystemError } from '../failure/from-system-error.ts'
import { SmtpError } from '../failure/smtp-error.ts'
import { bounded } from '../smtp/bounded.ts'
import { defaultBudgets } from '../smtp/budgets.ts'
import { type Address, resolveHost } from '../smtp/resolve.ts'
import { isPublicAddress } from './address.ts'
import type { AllowList } from './allow-list.ts'
import { canonicalHost } from './host.ts'

/** Looks a name up in the operator's own way. */
export type Resolve = (host: string, signal: AbortSignal) => Promise<readonly Address[]>

/** What may be connected to, and by which name it is verified. */
export type Target =
  | { readonly allowed: true; readonly host: string; readonly addresses: readonly Address[] }
  | { readonly allowed: false; readonly code: FailureCode }

/** More than this no mail host needs, and each costs time. */
const MOST_ADDRESSES = 8

const forbidden: Target = { allowed: false, code: 'target-forbidden' }

/**
 * Decides about a host before anything is connected to. A name is looked up once, and every address it has must be
 * allowed; only those may then be connected to, so a name that answers differently later gains nothing.
 */
export async function checkTarget(given: string, allow: AllowList, resolve: Resolve | undefined, signal: AbortSignal): Promise<Target> {
  const canonical = canonicalHost(given)
  if (!canonical) return forbidden
  const { kind, host } = canonical
  const isAllowed = (address: string) => allow.hasAddress(address) || isPublicAddress(address)
  if (kind === 'address') {
    return isAllowed(host) ? { allowed: true, host, addresses: [{ address: host, family: isIP(host) as 4 | 6 }] } : forbidden
  }
  let addresses: readonly Address[]
  try {
    addresses = await lookUp(host, resolve, signal)
  } catch (error) {
    if (!(error instanceof SmtpError)) throw error
    return { allowed: false, code: error.facts.code }
  }
  // The operator answers for a name on the list, wherever it leads.
  const good = addresses.every(({ address }) => isIP(address) !== 0 && (allow.hasName(host) || isAllowed(address)))
  return good ? { allowed: true, host, addresses: addresses.slice(0, MOST_ADDRESSES) } : forbidden
}

async function lookUp(host: string, resolve: Resolve | undefined, signal: AbortSignal): Promise<readonly Address[]> {
  const bounds = { ms: defaultBudgets.dns, timeout: 'dns-timeout', signal } as const
  if (!resolve || isLoopback(host)) return await resolveHost(host, bounds)
  const addresses = await bounded<readonly Address[]>(bounds, (done, fail) => {
    resolve(host, signal).then(done, (error: unknown) => fail(new SmtpError(fromSystemError(error, 'dns-not-found'))))
    return () => {}
  })
  if (addresses.length === 0) throw new SmtpError({ code: 'dns-not-found' })
  return addresses
}
