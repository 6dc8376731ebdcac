import { isMarked, mark } from '../error-marker.ts'
import { type Locale, textsFor } from '../text/index.ts'

/** One issue with settings. */
export interface SettingsIssue {
  /** The path: `auth.pass`, `candidates.0.port`, or the environment variable `SMTP_PORT`. Empty for the settings as a whole. */
  readonly path: string
  /** What the value should be. Never contains a secret. */
  readonly message: string
  /**
   * The values that would be accepted instead, by path, if the value shows what was meant: `{ host: 'smtp.example.com',
   * port: 587 }` for the host `smtp.example.com:587`. In a `url` the secret is replaced.
   */
  readonly suggestion?: Readonly<Record<string, string | number>>
}

/**
 * Thrown for invalid settings. Lists every issue, not just the first one.
 *
 * @example
 * try {
 *   parseSettings(form, { locale: 'de' })
 * } catch (error) {
 *   if (!SettingsError.isInstance(error)) throw error
 *   for (const { path, message } of error.issues) show(path, message)
 * }
 */
export class SettingsError extends Error {
  /** The code of every `SettingsError`. */
  readonly code = 'invalid-settings'
  /** Every issue. */
  readonly issues: readonly SettingsIssue[]

  /** @param locale the language of the first sentence; that of the issues is up to the caller */
  constructor(issues: readonly SettingsIssue[], locale: Locale = 'en') {
    const { summary } = textsFor(locale).issues
    super(`${summary} ${issues.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join(' ')}`)
    this.name = 'SettingsError'
    this.issues = issues
    mark(this, 'SettingsError')
  }

  /** Recognises the error even when it comes from another copy of the package. */
  static isInstance(error: unknown): error is SettingsError {
    return isMarked(error, 'SettingsError')
  }
}
