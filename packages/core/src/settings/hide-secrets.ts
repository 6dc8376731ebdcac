import { inspect } from 'node:util'
import type { Credentials } from './settings.ts'

/** What stands where a secret would. */
export const HIDDEN = '[hidden]'

/**
 * Makes credentials that print, inspect and serialise without their secret. The secret stays an ordinary property, so
 * that spreading and reading them works; only the ways onto a screen or into a log leave it out.
 */
export function hideSecrets(auth: Credentials): Credentials {
  const shown = () => ({ ...auth, ...('pass' in auth ? { pass: HIDDEN } : { accessToken: HIDDEN }) })
  const hidden = { ...auth }
  Object.defineProperty(hidden, 'toJSON', { value: shown })
  Object.defineProperty(hidden, inspect.custom, { value: shown })
  return hidden
}
