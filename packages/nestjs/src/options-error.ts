import { SettingsError, type SettingsIssue, settingsVariables } from '@postern/core'

/** One option that is wrong. */
export interface PosternOptionsIssue extends SettingsIssue {
  /** The environment variable that says the same, where there is one. */
  readonly variable?: string | undefined
}

/**
 * Options that no mailer can be made of. Names every one that is wrong, with the environment variable that it may come
 * from, and stops the boot.
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
    // What Nest prints is the stack, which has the message that the base class made.
    Error.captureStackTrace(this, PosternOptionsError)
  }
}

/** The same complaint, by the names that options and environment have for its place. */
export function fromSettings({ path, message }: SettingsIssue): PosternOptionsIssue {
  const place = settingsVariables.find(([variable]) => variable === path)?.[1]
  if (place !== undefined) return { path: `settings.${place}`, variable: path, message }
  if (path === '') return { path: 'settings', message }
  // For a whole, such as the login, the variable of its first part.
  const filled = settingsVariables.find(([, one]) => one === path || one.startsWith(`${path}.`))?.[1]
  return { path: `settings.${path}`, variable: settingsVariables.findLast(([, one]) => one === filled)?.[0], message }
}

function headline(name: string | undefined): string {
  const mailer = name === undefined ? 'the mailer' : `the mailer "${name}"`
  return `PosternModule cannot make ${mailer}. Correct the option, or the environment variable where the app has it from:`
}

function line({ path, variable, message }: PosternOptionsIssue): string {
  return `- ${path}${variable === undefined ? '' : ` (${variable})`}: ${message}`
}
