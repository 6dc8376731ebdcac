import { SettingsError, settingsFromEnv, type SettingsIssue } from '@postern/core'
import { createTransport, type Transporter } from '@postern/nodemailer'
import { toOptionsIssue, PosternOptionsError, type PosternOptionsIssue } from './options-error.ts'
import { type PosternModuleOptions, startups } from './options.ts'

/** Options with their defaults. */
interface CompleteOptions extends PosternModuleOptions {
  readonly startup: NonNullable<PosternModuleOptions['startup']>
  readonly shutdownTimeout: number
}

/** A mailer that has not connected yet, and its options. */
export interface CreatedMailer {
  readonly mailer: Transporter
  readonly options: CompleteOptions
}

/** The longest delay of a Node timer. */
const MAX_DELAY = 2 ** 31 - 1

/**
 * Validates the options and creates the mailer. Without `settings` it reads the environment.
 *
 * @throws PosternOptionsError with every invalid option
 */
export function createMailer(
  given: unknown,
  name: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
): CreatedMailer {
  if (typeof given !== 'object' || given === null) {
    throw new PosternOptionsError(
      [{ path: 'options', message: 'should be an object; check what the factory returns.' }],
      name,
    )
  }
  const options = given as PosternModuleOptions
  const issues = Object.entries(options).flatMap(([option, value]) => issuesOf(option, value))
  const mailer = tryCreate(options, env, issues)
  if (!mailer || issues.length > 0) throw new PosternOptionsError(issues, name)
  const { startup = 'background', shutdownTimeout = 10_000 } = options
  return { mailer, options: { ...options, startup, shutdownTimeout } }
}

/** Every option, with the message for an invalid value. */
const rules: Readonly<Record<string, (value: unknown) => string | undefined>> = {
  settings: () => undefined,
  transport: (value) =>
    typeof value === 'object' && value !== null ? undefined : 'should be an object with options of the transport.',
  startup: (value) =>
    startups.some((startup) => startup === value) ? undefined : 'should be "background", "ready" or "lazy".',
  shutdownTimeout: milliseconds,
  healthTtl: (value) => (value === 0 ? 'should be above 0.' : milliseconds(value)),
}

function issuesOf(path: string, value: unknown): PosternOptionsIssue[] {
  const rule = Object.hasOwn(rules, path) ? rules[path] : () => 'is not an option of PosternModule; check its spelling.'
  const message = value === undefined ? undefined : rule?.(value)
  return message === undefined ? [] : [{ path, message }]
}

function milliseconds(value: unknown): string | undefined {
  const isValid = typeof value === 'number' && value >= 0 && value <= MAX_DELAY
  return isValid ? undefined : `should be a number of milliseconds from 0 to ${MAX_DELAY}.`
}

function tryCreate(
  { settings, transport }: PosternModuleOptions,
  env: NodeJS.ProcessEnv,
  issues: PosternOptionsIssue[],
): Transporter | undefined {
  const transportOptions: object =  (typeof transport === 'object' && transport) || {}
  try {
    return createTransport(settings ?? settingsFromEnv(env), transportOptions)
  } catch (error) {
    if (!SettingsError.isInstance(error)) throw error
    const issueOf = (issue: SettingsIssue) =>
      Object.hasOwn(transportOptions, issue.path.split('.')[0]!) ? { ...issue, path: `transport.${issue.path}` } : toOptionsIssue(issue)
    issues.push(...error.issues.map(issueOf))
    return undefined
  }
}
