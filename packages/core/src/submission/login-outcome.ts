import type { Failure } from '../failure/failure.ts'
import type { LoginSettings } from '../settings/settings.ts'

/**
 * The meaning of a failed login. `refused`: the server refused it, or the app has no valid secret. `deferred`: the server
 * refused it temporarily. `missing`: the app returned no secret. `lost`: the login was sent and no reply came.
 */
export type LoginOutcome = 'refused' | 'deferred' | 'missing' | 'lost'

export function loginOutcome({ code, replyCode = 0 }: Failure): LoginOutcome {
  if (replyCode >= 500 || code === 'auth-secret-missing') return 'refused'
  if (replyCode >= 400) return 'deferred'
  return code === 'auth-temporary' ? 'missing' : 'lost'
}

/** Whether the server sees the same login. */
export function isSameLogin(one: LoginSettings | undefined, other: LoginSettings | undefined): boolean {
  if (!one || !other) return one === other
  return one === other || (one.user === other.user && secretOf(one) === secretOf(other))
}

function secretOf(login: LoginSettings): unknown {
  return 'pass' in login ? login.pass : login.accessToken
}
