import { withoutStray, withoutWrapping } from '../settings/characters.ts'
import { isRecord } from '../settings/values.ts'
import type { Found, Subject } from './rule.ts'

/** A URL that cannot be read is an error. One that other programs may read differently is mentioned. */
export function urlMalformed({ url, issues }: Subject): Found | undefined {
  return url && { severity: issues.includes(url) ? 'error' : 'info', issue: url }
}

/** Such a port is invalid. */
export function strayInPort({ issues }: Subject): Found | undefined {
  const issue = issues.find(({ path, code }) => path === 'port' && code === 'stray-characters')
  return issue && { severity: 'error', issue }
}

/** A login with such characters is valid, but hardly meant. */
export function strayInUser({ auth }: Subject): Found | undefined {
  if (!isRecord(auth) || typeof auth.user !== 'string') return undefined
  const { text, characters } = withoutStray(auth.user)
  return found('auth.user', characters, text)
}

export function strayInSecret({ auth }: Subject): Found | undefined {
  const name = ['pass', 'accessToken'].find((one) => isRecord(auth) && typeof auth[one] === 'string')
  return name && isRecord(auth) ? found(`auth.${name}`, withoutWrapping(auth[name] as string).characters) : undefined
}

/** @param text the value to use instead, unless it is a secret */
function found(field: string, characters: readonly string[], text = ''): Found | undefined {
  if (characters.length === 0) return undefined
  const suggestion = text === '' ? undefined : { [field]: text }
  return { severity: 'warning', issue: { path: field, code: 'stray-characters', characters, values: { field }, suggestion } }
}
