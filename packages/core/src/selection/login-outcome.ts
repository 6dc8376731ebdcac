import type { Failure } from '../failure/failure.ts'

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
