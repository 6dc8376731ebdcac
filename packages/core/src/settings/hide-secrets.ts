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
  return { __proto__: shownWithoutSecrets, ...given }
}

function shown(this: object): object {
  return withoutSecrets(this)
}

/** The prototype of all of them: properties of their own would give each object a hidden class of its own. */
const shownWithoutSecrets = Object.create(Object.prototype, { toJSON: { value: shown }, [inspect.custom]: { value: shown } }) as object

/** A copy with the secrets blotted out. */
export function withoutSecrets(given: object): object {
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, secret.test(name) ? HIDDEN : (value as unknown)]))
}
