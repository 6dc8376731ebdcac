import { isMarked, mark } from '../error-marker.ts'

/** One thing that is wrong with settings. */
export interface SettingsIssue {
  /** Where: `auth.pass`, `candidates.0.port`, or the environment variable `SMTP_PORT`. Empty for the whole. */
  readonly path: string
  /** What would be right. Never quotes a secret. */
  readonly message: string
}

/**
 * Settings that cannot be used. Lists everything that is wrong with them, not the first thing alone.
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
  /** Always the same. */
  readonly code = 'invalid-settings'
  /** Everything that is wrong. */
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
