import { SmtpError } from '../failure/smtp-error.ts'
import type { Credentials, LoginSettings } from '../settings/settings.ts'
import { bounded, type Bounds } from './bounded.ts'

/** Options of `resolveLogin`. */
export interface ResolveLoginOptions extends Pick<Bounds, 'ms' | 'signal' | 'background'> {
  /** Whether the server refused the previous access token. @default false */
  readonly renew?: boolean | undefined
}

/**
 * Resolves the secret of a login: if it is a function, calls it once.
 *
 * @throws an error if the function returns no secret within `ms`, or the signal aborts
 * @example
 * const { user } = await resolveLogin(settings.auth, { ms: 15_000, signal })
 */
export async function resolveLogin(auth: LoginSettings, { renew = false, ...bounds }: ResolveLoginOptions): Promise<Credentials> {
  const kind = 'pass' in auth ? 'pass' : 'accessToken'
  const source: unknown = 'pass' in auth ? auth.pass : auth.accessToken
  if (typeof source !== 'function') return auth as Credentials
  // The function's own error is dropped, because it may contain secrets.
  const missing = () => new SmtpError({ code: 'auth-temporary', values: { source: `auth.${kind}` } })
  const secret = await bounded<string>({ ...bounds, timeout: 'auth-temporary' }, (resolve, reject) => {
    const request = new AbortController()
    const fail = () => reject(missing())
    const take = (given: unknown) => (typeof given === 'string' && given !== '' ? resolve(given) : fail())
    void Promise.resolve({ renew, signal: request.signal }).then(source as (request: object) => unknown).then(take, fail)
    return () => request.abort()
  }).catch((error: unknown) => {
    throw error instanceof SmtpError && error.facts.code === 'auth-temporary' ? missing() : error
  })
  return { user: auth.user, [kind]: secret } as Credentials
}

/** Whether a refused login may be repeated with a renewed token. A password is never sent twice: that locks accounts. */
export function mayRenew(auth: LoginSettings, { code }: { readonly code: string }): boolean {
  return code === 'auth-rejected' && 'accessToken' in auth && typeof auth.accessToken === 'function'
}
