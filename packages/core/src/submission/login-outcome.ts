import type { Failure } from '../failure/failure.ts'
import type { LoginSettings } from '../settings/settings.ts'

/**
 * What a failed login means: `refused`, the server does not take it, or the app has no valid secret; `deferred`, the server answered that it cannot say now;
 * `missing`, the app gave no secret; `lost`, the login may have arrived and no answer came.
 */
export type LoginOutcome = 'refused' | 'deferred' | 'missing' | 'lost'

export function loginOutcome({ code, replyCode = 0 }: Failure): LoginOutcome {
  if (replyCode >= 500 || code === 'auth-secret-missing') return 'refused'
  if (replyCode >= 400) return 'deferred'
  return code === 'auth-temporary' ? 'missing' : 'lost'
}

/** Whether two logins are one for the server. */
export function isSameLogin(one: LoginSettings | undefined, other: LoginSettings | undefined): boolean {
  if (!one || !other) return one === other
  return one === other || (one.user === other.user && secretOf(one) === secretOf(other))
}

function secretOf(login: LoginSettings): unknown {
  return 'pass' in login ? login.pass : login.accessToken
}
