import { inspect } from 'node:util'

/** Replaces secrets in output. */
export const HIDDEN = '[hidden]'

/** The secret properties of a login and of TLS settings. */
const secret = /^(pass|accessToken|key|pfx|passphrase)$/

/**
 * Copies credentials or TLS settings so that printing, inspecting and serialising hides their secrets. The secrets remain
 * ordinary properties, so reading and spreading them works.
 */
export function hideSecrets<T extends object>(given: T): T {
  return { __proto__: shownWithoutSecrets, ...given }
}

function shown(this: object): object {
  return withoutSecrets(this)
}

/** The shared prototype. With own methods, each object would get a hidden class of its own. */
const shownWithoutSecrets = Object.create(Object.prototype, { toJSON: { value: shown }, [inspect.custom]: { value: shown } }) as object

/** A copy with the secrets replaced. */
export function withoutSecrets(given: object): object {
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, secret.test(name) ? HIDDEN : (value as unknown)]))
}
