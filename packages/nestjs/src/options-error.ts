import { format, type Locale, SettingsError, type SettingsIssue, settingsVariables, textsFor } from '@postern/core'

/** One invalid option. */
export interface PosternOptionsIssue extends SettingsIssue {
  /** The environment variable of the option, if it has one. */
  readonly variable?: string | undefined
}

/**
 * Invalid options. Lists every one with its environment variable, and stops the boot.
 *
 * @example
 * if (SettingsError.isInstance(error)) console.error(error.message)
 */
export class PosternOptionsError extends SettingsError {
  override readonly issues: readonly PosternOptionsIssue[]

  constructor(issues: readonly PosternOptionsIssue[], name?: string, locale: Locale = 'en') {
    super(issues, locale)
    this.issues = issues
    this.name = 'PosternOptionsError'
    const headline = format(textsFor(locale).nest.headline, { name: name === undefined ? '' : ` "${name}"` })
    this.message = [headline, ...issues.map(line)].join('\n')
    // Nest prints the stack, which still has the message of the base class.
    Error.captureStackTrace(this, PosternOptionsError)
  }
}

/** Converts an issue of `parseSettings` or `settingsFromEnv`: adds the path of the option and its variable. */
export function toOptionsIssue(issue: SettingsIssue): PosternOptionsIssue {
  const { path } = issue
  const setting = settingsVariables.find(([variable]) => variable === path)?.[1]
  if (setting !== undefined) return { ...issue, path: `settings.${setting}`, variable: path }
  if (path === '') return { ...issue, path: 'settings' }
  // For an object such as `auth`, the variable of its first property.
  const first = settingsVariables.find(([, one]) => one === path || one.startsWith(`${path}.`))?.[1]
  return { ...issue, path: `settings.${path}`, variable: settingsVariables.findLast(([, one]) => one === first)?.[0] }
}

function line({ path, variable, message }: PosternOptionsIssue): string {
  return `- ${path}${variable === undefined ? '' : ` (${variable})`}: ${message}`
}
