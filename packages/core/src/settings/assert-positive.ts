import type { Locale } from '../text/index.ts'
import { settingsError } from './issue.ts'

/**
 * Checks that limits are positive numbers. NaN, or a text from the environment, would be no limit at all.
 *
 * @param locale the language of the issues
 * @throws SettingsError
 */
export function assertPositive(limits: Readonly<Record<string, number | undefined>>, locale?: Locale): void {
  const wrong = Object.entries(limits).filter(([, limit]) => limit !== undefined && !(typeof limit === 'number' && limit > 0))
  if (wrong.length > 0) throw settingsError(wrong.map(([path]) => ({ path, code: 'positive' })), locale)
}
