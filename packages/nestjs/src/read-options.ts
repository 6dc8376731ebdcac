import { SettingsError, settingsFromEnv, type SettingsIssue } from '@postern/core'
import { createTransport, type Transporter } from '@postern/nodemailer'
import { fromSettings, PosternOptionsError, type PosternOptionsIssue } from './options-error.ts'
import { type PosternModuleOptions, startups } from './options.ts'

/** Options in which nothing is left to find out. */
interface CompleteOptions extends PosternModuleOptions {
  readonly startup: NonNullable<PosternModuleOptions['startup']>
  readonly shutdownTimeout: number
}

/** A mailer, and what was asked of it. It has connected to nothing yet. */
export interface Made {
  readonly mailer: Transporter
  readonly options: CompleteOptions
}

/** Timers take no more. */
const LONGEST = 2 ** 31 - 1

/**
 * Makes a mailer of what was given, and takes from the environment what was left out.
 *
 * @throws PosternOptionsError with everything that is wrong
 */
export function readOptions(
  given: unknown,
  name: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
): Made {
  if (typeof given !== 'object' || given === null) {
    throw new PosternOptionsError(
      [{ path: 'options', message: 'should be an object; see what the factory returns.' }],
      name,
    )
  }
  const options = given as PosternModuleOptions
  const issues = Object.entries(options).flatMap(([option, value]) => complaint(option, value))
  const mailer = mailerOf(options, env, issues)
  if (!mailer || issues.length > 0) throw new PosternOptionsError(issues, name)
  const { startup = 'background', shutdownTimeout = 10_000 } = options
  return { mailer, options: { ...options, startup, shutdownTimeout } }
}

/** What an option should be, for each there is. */
const rules: Readonly<Record<string, (value: unknown) => string | undefined>> = {
  settings: () => undefined,
  transport: (value) =>
    typeof value === 'object' && value !== null ? undefined : 'should be an object with options of the transport.',
  startup: (value) =>
    startups.some((startup) => startup === value) ? undefined : 'should be "background", "ready" or "lazy".',
  shutdownTimeout: milliseconds,
  healthTtl: (value) => (value === 0 ? 'should be above 0.' : milliseconds(value)),
}

function complaint(path: string, value: unknown): PosternOptionsIssue[] {
  const rule = Object.hasOwn(rules, path) ? rules[path] : () => 'is not an option of PosternModule; check its spelling.'
  const message = value === undefined ? undefined : rule?.(value)
  return message === undefined ? [] : [{ path, message }]
}

function milliseconds(value: unknown): string | undefined {
  const fits = typeof value === 'number' && value >= 0 && value <= LONGEST
  return fits ? undefined : `should be a number of milliseconds from 0 to ${LONGEST}.`
}

function mailerOf(
  { settings, transport }: PosternModuleOptions,
  env: NodeJS.ProcessEnv,
  issues: PosternOptionsIssue[],
): Transporter | undefined {
  const beside: object = (typeof transport === 'object' && transport) || {}
  try {
    return createTransport(settings ?? settingsFromEnv(env), beside)
  } catch (error) {
    if (!SettingsError.isInstance(error)) throw error
    const issueOf = (issue: SettingsIssue) =>
      Object.hasOwn(beside, issue.path.split('.')[0]!) ? { ...issue, path: `transport.${issue.path}` } : fromSettings(issue)
    issues.push(...error.issues.map(issueOf))
    return undefined
  }
}
