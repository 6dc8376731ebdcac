import { SettingsError } from './settings-error.ts'

/**
 * Checks that limits are positive numbers. NaN, or a text from the environment, would be no limit at all.
 *
 * @throws SettingsError
 */
export function assertPositive(limits: Readonly<Record<string, number | undefined>>): void {
  const wrong = Object.entries(limits).filter(([, limit]) => limit !== undefined && !(typeof limit === 'number' && limit > 0))
  if (wrong.length > 0) throw new SettingsError(wrong.map(([path]) => ({ path, message: 'should be a number above 0.' })))
}
