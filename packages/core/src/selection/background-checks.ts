import { isDeepStrictEqual } from 'node:util'
import { type Endpoint, endpointKey } from '../endpoint.ts'
import { isSameLogin } from '../settings/same-login.ts'
import type { SmtpSettings } from '../settings/settings.ts'
import type { SelectionOptions } from './options.ts'

/** The owner of background checks: a selector on a lower rung. */
export interface CheckOwner {
  readonly settings: SmtpSettings
  readonly options: Pick<SelectionOptions, 'dial' | 'localAddress' | 'authMethod'>
  /** The rungs that a check would try. */
  readonly checkable: readonly Endpoint[]
  /** Makes a check. Never rejects. @returns whether a rung qualified */
  checkAbove(): Promise<boolean>
}

/** A check in progress. */
interface Running {
  readonly owner: Pick<CheckOwner, 'settings' | 'options'>
  readonly keys: ReadonlySet<string>
  readonly hasFound: Promise<boolean>
}

/** By host. An entry exists only while a check is in progress. */
const running = new Map<string, Running[]>()

/**
 * Makes a check, one at a time per host and login in this process. Another owner whose check is due meanwhile waits. If the
 * first check found nothing and was equivalent, its result is used; otherwise the next check follows.
 *
 * @param weak the owner; waiting must not keep it in memory
 */
export async function checkInTurn(weak: WeakRef<CheckOwner>): Promise<void> {
  for (;;) {
    const other = runningBeside(weak)
    if (!other) break
    if (!(await other.hasFound) && isEnough(other, weak)) return
  }
  const owner = weak.deref()
  if (!owner || owner.checkable.length === 0) return
  const { settings, options } = owner
  const mine: Running = { owner: { settings, options }, keys: new Set(owner.checkable.map(endpointKey)), hasFound: owner.checkAbove() }
  const { host } = settings
  const beside = running.get(host) ?? []
  running.set(host, [...beside, mine])
  await mine.hasFound
  const left = running.get(host)!.filter((one) => one !== mine)
  if (left.length > 0) running.set(host, left)
  else running.delete(host)
}

function runningBeside(weak: WeakRef<CheckOwner>): Running | undefined {
  const settings = weak.deref()?.settings
  return settings && running.get(settings.host)?.find(({ owner }) => isSameLogin(owner.settings.auth, settings.auth))
}

/** Whether the checks of two owners are equivalent. */
function isEnough({ owner, keys }: Running, weak: WeakRef<CheckOwner>): boolean {
  const own = weak.deref()
  if (!own) return true
  const { dial, localAddress, authMethod } = own.options
  return (
    own.checkable.every((endpoint) => keys.has(endpointKey(endpoint))) &&
    dial === owner.options.dial &&
    localAddress === owner.options.localAddress &&
    authMethod === owner.options.authMethod &&
    isDeepStrictEqual(own.settings.tls, owner.settings.tls)
  )
}
