import { SettingsError, type SettingsIssue, settingsVariables } from '@postern/core'

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

  constructor(issues: readonly PosternOptionsIssue[], name?: string) {
    super(issues)
    this.issues = issues
    this.name = 'PosternOptionsError'
    this.message = [headline(name), ...issues.map(line)].join('\n')
    // Nest prints the stack, which still has the message of the base class.
    Error.captureStackTrace(this, PosternOptionsError)
  }
}

/** Converts an issue of `parseSettings` or `settingsFromEnv`: adds the path of the option and its variable. */
export function toOptionsIssue({ path, message }: SettingsIssue): PosternOptionsIssue {
  const setting = settingsVariables.find(([variable]) => variable === path)?.[1]
  if (setting !== undefined) return { path: `settings.${setting}`, variable: path, message }
  if (path === '') return { path: 'settings', message }
  // For an object such as `auth`, the variable of its first property.
  const first = settingsVariables.find(([, one]) => one === path || one.startsWith(`${path}.`))?.[1]
  return { path: `settings.${path}`, variable: settingsVariables.findLast(([, one]) => one === first)?.[0], message }
}

function headline(name: string | undefined): string {
  const mailer = name === undefined ? 'the mailer' : `the mailer "${name}"`
  return `PosternModule cannot create ${mailer}. Correct these options or their environment variables:`
}

function line({ path, variable, message }: PosternOptionsIssue): string {
  return `- ${path}${variable === undefined ? '' : ` (${variable})`}: ${message}`
}
