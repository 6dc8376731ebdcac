import { isRecord } from '../settings/normalise.ts'
import type { Found, Subject } from './rule.ts'

export function authMissing({ auth, local }: Subject): Found | undefined {
  return auth === undefined && !local ? { severity: 'warning' } : undefined
}

export function authIncomplete({ auth }: Subject): Found | undefined {
  return missingFrom(auth).length > 0 ? { severity: 'error' } : undefined
}

/** The paths under which the schema reports an incomplete login. */
export function missingFrom(auth: unknown): readonly string[] {
  if (!isRecord(auth)) return []
  const has = (key: string) => /^(string|function)$/.test(typeof auth[key]) && auth[key] !== ''
  return [
    ...(has('user') ? [] : ['auth.user']),
    ...(has('pass') === has('accessToken') ? ['auth', 'auth.pass', 'auth.accessToken'] : []),
  ]
}
