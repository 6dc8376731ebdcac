import type { LoginSettings } from './settings.ts'

/** Whether the server sees the same login. */
export function isSameLogin(one: LoginSettings | undefined, other: LoginSettings | undefined): boolean {
  return one === other || (one?.user === other?.user && secretOf(one) === secretOf(other))
}

function secretOf(login: LoginSettings | undefined): unknown {
  return login && ('pass' in login ? login.pass : login.accessToken)
}
