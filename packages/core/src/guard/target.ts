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

/** Looks a name up in the operator's own way. */
export type Resolve = (host: string, signal: AbortSignal) => Promise<readonly Address[]>

/** What may be connected to, and by which name it is verified. */
export type Target =
  | { readonly allowed: true; readonly host: string; readonly addresses: readonly Address[] }
  | { readonly allowed: false; readonly code: FailureCode }

/** What decides about a target. */
export interface TargetRules {
  readonly allow: HostList
  readonly deny: HostList
  readonly resolve?: Resolve | undefined
  readonly clock?: Clock | undefined
}

/** More than this no mail host needs, and each costs time. */
const MOST_ADDRESSES = 8

/** Milliseconds. Names that lead nowhere are answered on the beat: longer than most look-ups take. */
const BEAT = 250

/**
 * Decides about a host before anything is connected to. A name is looked up once, and every address it has must be
 * allowed; only those may then be connected to, so a name that answers differently later gains nothing.
 *
 * A name that leads where it must not is answered as one that does not exist, and after the same time: whoever may have
 * settings checked need not learn the names of the network inside.
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
    // The operator answers for a name on the list, wherever it leads.
    (allow.hasName(host) || allow.hasAddress(address) || isPublicAddress(address))
  // Nobody has to be asked for these, so whether they are forbidden is no secret.
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

/** Whole beats since the question, so that the time does not tell one no from another. */
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
