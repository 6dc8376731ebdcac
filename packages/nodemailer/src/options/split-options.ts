import { type Locale, parseSettings, type SelectorOptions, SettingsError, type SettingsIssue, type SmtpSettings } from '@postern/core'
import type { TransactionTimeouts } from '@postern/core/submission'
import type { SMTPPoolOptions, SMTPTransportOptions } from 'nodemailer'
import type { TransportOptions } from 'nodemailer/lib/mailer'
import { type Logger, parseConnectionUrl } from 'nodemailer/lib/shared'
import type { SMTPTransportAuthOptions } from 'nodemailer/lib/smtp-transport'
import { redactingLogger } from './redacting-logger.ts'
import { withListedService } from './listed-service.ts'
import { loginForCore, type LoginParts, readLogin, watchedLogin } from './login-options.ts'
import { type PoolNumbers, readBudgets, readPoolNumbers } from './pool-numbers.ts'
import { explained, refusals } from './refused-options.ts'
import { Secrets } from './secrets.ts'

/** The options of a transport: those of nodemailer's SMTP and pool transports, and Postern's. */
export interface SubmissionOptions extends Omit<SMTPPoolOptions, 'host' | 'port' | 'secure' | 'auth' | 'tls' | 'url' | 'service'> {
  /**
   * Milliseconds for one send in total; `Infinity` for no limit. Default: none. Opening a connection is limited by
   * `selection.deadline`, and each reply by `timeouts`.
   */
  readonly deadline?: number | undefined
  /**
   * Milliseconds a message waits while no endpoint opens. 0: it fails with the first failed attempt for it.
   *
   * @default 30000 with `pool: true`, 0 without
   */
  readonly endpointTimeout?: number | undefined
  /** The timeouts of a transaction, in milliseconds. Default: those of RFC 5321 §4.5.3.2. `socketTimeout` is an upper limit for all. */
  readonly timeouts?: Partial<TransactionTimeouts> | undefined
  /**
   * Whether a message waits until the endpoint for all traffic is selected, which takes 1.5 s if 587 is blocked. By default, a
   * message uses the first endpoint that works.
   *
   * @default false
   */
  readonly waitForChoice?: boolean | undefined
  /** Options for the selection of the endpoint. */
  readonly selection?: Omit<SelectorOptions, 'authMethod' | 'dial' | 'localAddress' | 'locale'> | undefined
  /** The language of failures and advice. @default 'en' */
  readonly locale?: SelectorOptions['locale']
}

/** Postern's settings, nodemailer's options, or a URL. */
export type SubmissionSettings = SmtpSettings | SMTPTransportOptions | SMTPPoolOptions | string

/** The options, split by use: settings for core, numbers for the pool, and options for nodemailer's `Mail`. */
export interface SplitOptions {
  readonly settings: SmtpSettings
  readonly own: Pick<SubmissionOptions, 'selection' | 'locale' | 'waitForChoice'>
  /** Undefined if no numeric option is given. */
  readonly numbers: PoolNumbers | undefined
  /** All given options, including those of a URL, without the secrets of the login. Passed to nodemailer's `Mail`. */
  readonly mail: MailOptions
  readonly logger: Logger | undefined
  readonly secrets: Secrets
  readonly login: LoginParts
}

const ownNames = 'deadline endpointTimeout timeouts waitForChoice selection locale'.split(' ')

/** Settings that are accepted among the options as well. */
const settingNames = 'name servername requireTLS ignoreTLS opportunisticTLS lmtp socket connection secured'.split(' ')

/** The names of all transport options. Other properties are defaults for messages. */
const transportNames: ReadonlySet<string> = new Set([
  ...ownNames,
  ...settingNames,
  ...(
    'pool maxConnections maxMessages maxRequeues rateDelta rateLimit idleTimeout logger debug transactionLog component ' +
    'connectionTimeout greetingTimeout socketTimeout socketCloseTimeout dnsTimeout maxResponseSize localAddress proxy dkim ' +
    'authMethod customAuth forceAuth getSocket disableFileAccess disableUrlAccess attachDataUrls ' +
    'allowInternalNetworkInterfaces normalizeHeaderKey maxRecipients'
  ).split(' '),
])

/** Whether an option is for the transport, and not a default for messages. */
export function isTransportOption(name: string): boolean {
  return transportNames.has(name)
}

/** All options, from settings, URL and options. */
type Merged = SMTPPoolOptions & TransportOptions & SubmissionOptions & Pick<SmtpSettings, 'policy'>

type MailOptions = Omit<Merged, 'auth' | 'url'> & Pick<SmtpSettings, 'host'>

/**
 * Splits the options between Postern and nodemailer.
 *
 * @throws SettingsError
 */
export function splitOptions(settingsGiven: SubmissionSettings, options: SubmissionOptions): SplitOptions {
  const given = fromJson(settingsGiven)
  const beside = ((typeof given === 'object' && given) || {}) as SMTPPoolOptions
  const merged = { ...fromUrl(given), ...beside, ...options } as Merged
  const secrets = new Secrets()
  const logger = merged.logger ? redactingLogger(merged.logger, secrets) : undefined
  const login = readLogin(merged, { secrets, logger })
  const settings = read(forCore(given, options, merged, loginForCore(beside.auth, login)), merged, options.locale ?? 'en')
  const auth = settings.auth && watchedLogin(settings.auth, { secrets, logger })
  const { selection, locale, waitForChoice } = options
  const budgets = readBudgets(merged, options.locale)
  return {
    settings: auth === settings.auth ? settings : { ...settings, auth },
    own: { locale, waitForChoice, selection: budgets ? { ...selection, budgets: { ...budgets, ...selection?.budgets } } : selection },
    numbers: readPoolNumbers(merged, options),
    mail: mailOptions(merged, settings, logger),
    logger,
    secrets,
    login,
  }
}

/** The same `transporter.options` as in nodemailer, without the secrets of the login. */
function mailOptions(merged: Merged, { host }: SmtpSettings, logger: Logger | undefined): MailOptions {
  const { auth } = merged
  const mail = { ...merged, host }
  if (auth) mail.auth = shownLogin(auth)
  if (logger) mail.logger = logger
  // The URL may contain a password.
  delete mail.url
  return mail
}

function shownLogin({ type, user, method }: SMTPTransportAuthOptions): SMTPTransportAuthOptions {
  return { ...(type !== undefined && { type }), user, ...(method !== undefined && { method }) }
}

/** Reads the settings. Throws one error with all issues and all rejected options. */
function read(input: object, merged: Merged, locale: Locale): SmtpSettings {
  let settings: SmtpSettings | undefined
  let issues: readonly SettingsIssue[] = []
  try {
    settings = parseSettings(input, { locale })
  } catch (error) {
    if (!SettingsError.isInstance(error)) throw error
    issues = error.issues.map((issue) => explained(issue, locale))
  }
  const host: unknown = settings?.host ?? merged.host
  const refused = [...refusals(merged, settings?.policy ?? merged.policy, typeof host === 'string' ? host : '', locale), ...issues]
  if (!settings || refused.length > 0) throw new SettingsError(refused, locale)
  return settings
}

/** The input for core: the settings, with those given among the options. */
function forCore(given: SubmissionSettings, options: SubmissionOptions, { servername, tls }: Merged, login: { readonly auth?: unknown }): object {
  const input: Record<string, unknown> = { ...(typeof given === 'string' ? { url: given } : withListedService(given as SMTPTransportOptions)), ...login }
  for (const name of settingNames) if (Object.hasOwn(options, name)) input[name] = options[name as keyof SubmissionOptions]
  // In nodemailer, `servername` is an option of the transport.
  if (servername) Object.assign(input, { tls: { ...(given as SMTPTransportOptions).tls, servername: tls?.servername ?? servername }, servername: undefined })
  return input
}

/** Parses the output of `formatSettings`. Core reports invalid input. */
function fromJson(given: SubmissionSettings): SubmissionSettings {
  if (typeof given !== 'string' || !given.trimStart().startsWith('{')) return given
  try {
    return JSON.parse(given) as SubmissionSettings
  } catch {
    return given
  }
}

/** Reads nodemailer's options from the query of a URL. Core reports an invalid URL. */
function fromUrl(given: SubmissionSettings): object {
  const url: unknown = typeof given === 'string' ? given : (given as SMTPTransportOptions | undefined | null)?.url
  try {
    return typeof url === 'string' ? parseConnectionUrl(url) : {}
  } catch {
    return {}
  }
}
