import { isIP } from 'node:net'
import { isLoopback } from '../cleartext.ts'
import { type Clock, systemClock } from '../clock.ts'
import type { FailureCode } from '../failure/failure.ts'
import { fromSystemError } from '../failure/from-system-error.ts'
import { SmtpError } from '../failure/smtp-error.ts'
import { bounded } from '../smtp/bounded.ts'
import { defaultBudgets } from '../smtp/budgets.ts'
import { type CancelSignal, nativeSignal } from '../smtp/cancellation.ts'
import { type Address, resolveHost } from '../smtp/resolve.ts'
import { isPublicAddress } from './address.ts'
import { canonicalHost } from './host.ts'
import type { HostList } from './host-list.ts'

/** Looks up the addresses of a host name. */
export type Resolve = (host: string, signal: AbortSignal) => Promise<readonly Address[]>

/** The permitted addresses, and the name for certificate verification; or why the target is refused. */
export type Target =
  | { readonly allowed: true; readonly host: string; readonly addresses: readonly Address[] }
  | { readonly allowed: false; readonly code: FailureCode }

/** The rules for targets. */
export interface TargetRules {
  readonly allow: HostList
  readonly deny: HostList
  readonly resolve?: Resolve | undefined
  readonly clock?: Clock | undefined
}

/** The maximum number of addresses per host. No mail host needs more, and each one takes time. */
const MOST_ADDRESSES = 8

/** Refusals after a DNS lookup are delayed to a multiple of this many milliseconds, which is longer than most lookups take. */
const BEAT = 250

/**
 * Checks a host before any connection. A name is looked up once and all of its addresses must be allowed. Connections use
 * only these addresses, so a DNS answer that changes later has no effect (DNS rebinding).
 *
 * A name with a forbidden address gets the same response as a name that does not exist, after the same time, so that callers
 * cannot discover internal host names.
 */
export async function checkTarget(given: string, rules: TargetRules, signal: CancelSignal): Promise<Target> {
  const { allow, deny, resolve, clock = systemClock } = rules
  const canonical = canonicalHost(given)
  if (!canonical) return refused('target-forbidden')
  const { kind, host } = canonical
  const isAllowed = ({ address }: Address) =>
    isIP(address) !== 0 &&
    !deny.hasName(host) &&
    !deny.hasAddress(address) &&
    // A name on the operator's list is allowed with any address.
    (allow.hasName(host) || allow.hasAddress(address) || isPublicAddress(address))
  // Addresses need no lookup, so a refusal reveals nothing.
  if (kind === 'address' || isLoopback(host)) {
    const addresses = await resolveHost(host, boundsOf(signal))
    return addresses.every(isAllowed) ? { allowed: true, host, addresses } : refused('target-forbidden')
  }
  const asked = clock.now()
  const found = await lookUp(host, resolve, signal)
  if (!('code' in found) && found.addresses.every(isAllowed)) {
    return { allowed: true, host, addresses: found.addresses.slice(0, MOST_ADDRESSES) }
  }
  await nextBeat(asked, clock, signal)
  return refused('code' in found ? found.code : 'dns-not-found')
}

function refused(code: FailureCode): Target {
  return { allowed: false, code }
}

type Found = { readonly addresses: readonly Address[] } | { readonly code: FailureCode }

async function lookUp(host: string, resolve: Resolve | undefined, signal: CancelSignal): Promise<Found> {
  try {
    const addresses = await (resolve ? resolveBy(resolve, host, signal) : resolveHost(host, boundsOf(signal)))
    return addresses.length > 0 ? { addresses } : { code: 'dns-not-found' }
  } catch (error) {
    if (!(error instanceof SmtpError)) throw error
    return { code: error.facts.code }
  }
}

function resolveBy(resolve: Resolve, host: string, signal: CancelSignal): Promise<readonly Address[]> {
  return bounded(boundsOf(signal), (done, fail) => {
    resolve(host, nativeSignal(signal)).then(done, (error: unknown) => fail(new SmtpError(fromSystemError(error, 'dns-not-found'))))
    return () => {}
  })
}

function boundsOf(signal: CancelSignal) {
  return { ms: defaultBudgets.dns, timeout: 'dns-timeout', signal } as const
}

/** Waits until a multiple of the interval has passed, so that the response time does not reveal the reason. */
function nextBeat(asked: number, clock: Clock, signal: CancelSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const end = () => {
      stop()
      signal.removeEventListener('abort', end)
      resolve()
    }
    const stop = clock.after(BEAT - ((clock.now() - asked) % BEAT), end)
    signal.addEventListener('abort', end)
  })
}
