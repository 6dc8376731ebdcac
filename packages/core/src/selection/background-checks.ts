import { isDeepStrictEqual } from 'node:util'
import { type Endpoint, endpointKey } from '../endpoint.ts'
import type { LoginSettings, SmtpSettings } from '../settings/settings.ts'
import type { SelectionOptions } from './options.ts'

/** What has better rungs to check. */
export interface CheckOwner {
  readonly settings: SmtpSettings
  readonly options: Pick<SelectionOptions, 'dial' | 'localAddress' | 'authMethod'>
  /** The rungs that a check would try now. */
  readonly checkable: readonly Endpoint[]
  /** Makes a check. Never rejects. @returns whether one of the rungs qualified */
  checkAbove(): Promise<boolean>
}

/** A check under way. */
interface Running {
  readonly owner: Pick<CheckOwner, 'settings' | 'options'>
  readonly keys: ReadonlySet<string>
  readonly hasFound: Promise<boolean>
}

/** By host. An entry is there only while a check is under way. */
const running = new Map<string, Running[]>()

/**
 * Makes a check, but only one at a time for each host and login in this process. An owner whose check comes due meanwhile
 * waits. Where the check before found nothing, and would have found the same, its result is enough; else the next one is
 * made after it.
 *
 * @param weak the owner, which must not be kept alive by waiting
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

/** Whether a check of another owner would have found the same as one's own. */
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

function isSameLogin(one: LoginSettings | undefined, other: LoginSettings | undefined): boolean {
  return secretOf(one) === secretOf(other) && one?.user === other?.user
}

function secretOf(auth: LoginSettings | undefined): unknown {
  return auth && ('pass' in auth ? auth.pass : auth.accessToken)
}
