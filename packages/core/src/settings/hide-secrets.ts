import { inspect } from 'node:util'

/** What stands where a secret would. */
export const HIDDEN = '[hidden]'

/** What is secret in a login, and in how TLS is spoken. */
const secret = /^(pass|accessToken|key|pfx|passphrase)$/

/**
 * Makes credentials, or TLS settings, that print, inspect and serialise without their secrets. These stay ordinary
 * properties, so that spreading and reading them works; only the ways onto a screen or into a log leave them out.
 */
export function hideSecrets<T extends object>(given: T): T {
  return Object.defineProperties({ ...given }, shownWithoutSecrets)
}

function shown(this: object): object {
  return withoutSecrets(this)
}

/** One pair of functions for all credentials. */
const shownWithoutSecrets = { toJSON: { value: shown }, [inspect.custom]: { value: shown } }

/** A copy with the secrets blotted out. */
export function withoutSecrets(given: object): object {
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, secret.test(name) ? HIDDEN : (value as unknown)]))
}
