import { SmtpError } from '../failure/smtp-error.ts'
import { SecretError } from '../settings/secret-error.ts'
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
  const secret = await bounded<string>({ ...bounds, timeout: 'auth-temporary' }, (resolve, reject) => {
    const request = new AbortController()
    const fail = (cause?: unknown) => reject(missingSecret(`auth.${kind}`, cause))
    const take = (given: unknown) => (typeof given === 'string' && given !== '' ? resolve(given) : fail())
    void Promise.resolve({ renew, signal: request.signal }).then(source as (request: object) => unknown).then(take, fail)
    return () => request.abort()
  }).catch((error: unknown) => {
    throw error instanceof SmtpError && error.facts.code === 'auth-temporary' && !error.cause ? missingSecret(`auth.${kind}`) : error
  })
  return { user: auth.user, [kind]: secret } as Credentials
}

/** A function returned no secret. Its own error is dropped, because it may contain secrets, unless it is a `SecretError`. */
function missingSecret(source: string, cause?: unknown): SmtpError {
  if (!SecretError.isInstance(cause)) return new SmtpError({ code: 'auth-temporary', values: { source } })
  return new SmtpError({ code: cause.retryable ? 'auth-temporary' : 'auth-secret-missing', values: { source }, source: cause }, { cause })
}

/** Whether a refused login may be repeated with a renewed token. A password is never sent twice: that locks accounts. */
export function canRenewLogin(auth: LoginSettings, { code }: { readonly code: string }): boolean {
  return code === 'auth-rejected' && 'accessToken' in auth && typeof auth.accessToken === 'function'
}
