import { SmtpError } from '../failure/smtp-error.ts'
import type { Credentials, LoginSettings } from '../settings/settings.ts'
import { bounded, type Bounds } from './bounded.ts'

/** How a login's secret is asked for. */
export interface ResolveLoginOptions extends Pick<Bounds, 'ms' | 'signal' | 'background'> {
  /** Whether the access token that was given before was refused. @default false */
  readonly renew?: boolean | undefined
}

/**
 * A login with its secret known: asks for it where it is a function's to give, once.
 *
 * @throws an error when no secret is given within `ms`, or the signal fires
 * @example
 * const { user } = await resolveLogin(settings.auth, { ms: 15_000, signal })
 */
export async function resolveLogin(auth: LoginSettings, { renew = false, ...bounds }: ResolveLoginOptions): Promise<Credentials> {
  const kind = 'pass' in auth ? 'pass' : 'accessToken'
  const source: unknown = 'pass' in auth ? auth.pass : auth.accessToken
  if (typeof source !== 'function') return auth as Credentials
  // Why there is none is between the app and its function: what that throws may hold secrets.
  const missing = () => new SmtpError({ code: 'auth-temporary', values: { source: `auth.${kind}` } })
  const secret = await bounded<string>({ ...bounds, timeout: 'auth-temporary' }, (resolve, reject) => {
    const asking = new AbortController()
    const fail = () => reject(missing())
    const take = (given: unknown) => (typeof given === 'string' && given !== '' ? resolve(given) : fail())
    void Promise.resolve({ renew, signal: asking.signal }).then(source as (request: object) => unknown).then(take, fail)
    return () => asking.abort()
  }).catch((error: unknown) => {
    throw error instanceof SmtpError && error.facts.code === 'auth-temporary' ? missing() : error
  })
  return { user: auth.user, [kind]: secret } as Credentials
}

/** Whether a login that was refused so may be made once more, with another token. A password never is: that locks accounts. */
export function mayRenew(auth: LoginSettings, { code }: { readonly code: string }): boolean {
  return code === 'auth-rejected' && 'accessToken' in auth && typeof auth.accessToken === 'function'
}
