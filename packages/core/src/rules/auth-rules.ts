import { isRecord } from '../settings/values.ts'
import type { Found, Subject } from './rule.ts'

export function authMissing({ auth, local, raw, settings, url }: Subject): Found | undefined {
  if (auth !== undefined || local || (url && settings.host === undefined)) return undefined
  // A login of which nothing is set was meant to be one.
  const fields = isRecord(raw.auth) ? Object.keys(raw.auth).filter((name) => /^(?:user|pass|accessToken)$/.test(name)) : []
  return { severity: 'warning', ...(fields.length > 0 && unset(fields.map((name) => `auth.${name}`))) }
}

export function authIncomplete({ auth, issues }: Subject): Found | undefined {
  if (missingFrom(auth).length === 0) return undefined
  const empty = issues.find(({ code }) => code === 'undefined' || code === 'empty')
  return { severity: 'error', ...(empty && unset([empty.path])) }
}

function unset(fields: readonly string[]): Omit<Found, 'severity'> {
  return { text: 'auth-unset', values: { field: fields.join(', ') } }
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
