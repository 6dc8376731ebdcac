import { format, type Locale, SettingsError, settingsFromEnv, type SettingsIssue, type Texts, textsFor } from '@postern/core'
import { createTransport, type CreateTransportOptions, type Transporter } from '@postern/nodemailer'
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
  const options = typeof given === 'object' && given !== null ? (given as PosternModuleOptions) : undefined
  const locale = localeOf(options)
  const texts = textsFor(locale).nest
  if (!options) throw new PosternOptionsError([{ path: 'options', message: texts.options }], name, locale)
  const issues = Object.entries(options).flatMap(([option, value]) => issuesOf(option, value, texts))
  const mailer = tryCreate(options, env, locale, issues)
  if (!mailer || issues.length > 0) throw new PosternOptionsError(issues, name, locale)
  const { startup = 'background', shutdownTimeout = 10_000 } = options
  return { mailer, options: { ...options, startup, shutdownTimeout } }
}

/** The language of the transport, which errors about the options have as well. */
function localeOf(options: PosternModuleOptions | undefined): Locale {
  const transport: unknown = options?.transport
  return (typeof transport === 'object' && transport !== null && (transport as CreateTransportOptions).locale) || 'en'
}

type Rule = (value: unknown, texts: Texts['nest']) => string | undefined

/** Every option, with the message for an invalid value. */
const rules: Readonly<Record<string, Rule>> = {
  settings: () => undefined,
  transport: (value, texts) => (typeof value === 'object' && value !== null ? undefined : texts.transport),
  startup: (value, texts) => (startups.some((startup) => startup === value) ? undefined : texts.startup),
  shutdownTimeout: milliseconds,
  healthTtl: (value, texts) => (value === 0 ? texts.positive : milliseconds(value, texts)),
}

function issuesOf(path: string, value: unknown, texts: Texts['nest']): PosternOptionsIssue[] {
  const rule = Object.hasOwn(rules, path) ? rules[path] : () => texts.unknown
  const message = value === undefined ? undefined : rule?.(value, texts)
  return message === undefined ? [] : [{ path, message }]
}

function milliseconds(value: unknown, texts: Texts['nest']): string | undefined {
  const isValid = typeof value === 'number' && value >= 0 && value <= MAX_DELAY
  return isValid ? undefined : format(texts.milliseconds, { max: MAX_DELAY })
}

function tryCreate(
  { settings, transport }: PosternModuleOptions,
  env: NodeJS.ProcessEnv,
  locale: Locale,
  issues: PosternOptionsIssue[],
): Transporter | undefined {
  const transportOptions: object =  (typeof transport === 'object' && transport) || {}
  try {
    return createTransport(settings ?? settingsFromEnv(env, { locale }), transportOptions)
  } catch (error) {
    if (!SettingsError.isInstance(error)) throw error
    const issueOf = (issue: SettingsIssue) =>
      Object.hasOwn(transportOptions, issue.path.split('.')[0]!) ? { ...issue, path: `transport.${issue.path}` } : toOptionsIssue(issue)
    issues.push(...error.issues.map(issueOf))
    return undefined
  }
}
