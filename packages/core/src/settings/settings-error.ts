import { isMarked, mark } from '../error-marker.ts'

/** One issue with settings. */
export interface SettingsIssue {
  /** The path: `auth.pass`, `candidates.0.port`, or the environment variable `SMTP_PORT`. Empty for the settings as a whole. */
  readonly path: string
  /** What the value should be. Never contains a secret. */
  readonly message: string
}

/**
 * Thrown for invalid settings. Lists every issue, not just the first one.
 *
 * @example
 * try {
 *   parseSettings(form)
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

  constructor(issues: readonly SettingsIssue[]) {
    super(`The SMTP settings cannot be used. ${issues.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join(' ')}`)
    this.name = 'SettingsError'
    this.issues = issues
    mark(this, 'SettingsError')
  }

  /** Recognises the error even when it comes from another copy of the package. */
  static isInstance(error: unknown): error is SettingsError {
    return isMarked(error, 'SettingsError')
  }
}
