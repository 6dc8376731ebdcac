import { parseSettings, type SelectorOptions, SettingsError, type SettingsIssue, type SmtpSettings } from '@postern/core'
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

/** What a transport takes beside the settings: every option of nodemailer's SMTP and pool transports, and Postern's. */
export interface SubmissionOptions extends Omit<SMTPPoolOptions, 'host' | 'port' | 'secure' | 'auth' | 'tls' | 'url' | 'service'> {
  /**
   * Milliseconds one send may take altogether, whatever it waits for; `Infinity`: no limit. Default: none. Opening a
   * connection has `selection.deadline`, and each reply its own wait.
   */
  readonly deadline?: number | undefined
  /**
   * Milliseconds a message waits while no endpoint opens. 0: it fails with the first attempt that is made for it.
   *
   * @default 30000 with `pool: true`, 0 without
   */
  readonly endpointTimeout?: number | undefined
  /** Milliseconds that each reply of a transaction is waited for. Default: RFC 5321 §4.5.3.2. `socketTimeout` limits them all. */
  readonly timeouts?: Partial<TransactionTimeouts> | undefined
  /**
   * Whether a message waits until the endpoint for all later ones is decided, 1.5 s where 587 is blocked. By default it goes
   * over the first endpoint that opens.
   *
   * @default false
   */
  readonly waitForChoice?: boolean | undefined
  /** How the endpoint is looked for. */
  readonly selection?: Omit<SelectorOptions, 'authMethod' | 'dial' | 'localAddress' | 'locale'> | undefined
  /** The language of failures and advice. @default 'en' */
  readonly locale?: SelectorOptions['locale']
}

/** Settings as nodemailer takes them, as Postern does, or a URL. */
export type SubmissionSettings = SmtpSettings | SMTPTransportOptions | SMTPPoolOptions | string

/** The settings for core, the pool's numbers, and what nodemailer's parts need. */
export interface SplitOptions {
  readonly settings: SmtpSettings
  readonly own: Pick<SubmissionOptions, 'selection' | 'locale' | 'waitForChoice'>
  readonly numbers: PoolNumbers
  /** All options as they were given, with those of a URL, for nodemailer's `Mail` as well. Without what is secret in the login. */
  readonly mail: MailOptions
  readonly logger: Logger | undefined
  readonly secrets: Secrets
  readonly login: LoginParts
}

const ownNames = 'deadline endpointTimeout timeouts waitForChoice selection locale'.split(' ')

/** What says how the server is reached, and may stand among the options too. */
const settingNames = 'name servername requireTLS ignoreTLS opportunisticTLS lmtp socket connection secured'.split(' ')

/** Every option that is a transport's; what else stands beside them is for the messages. */
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

/** Whether an option is for the transport, not a default for every message. */
export function isTransportOption(name: string): boolean {
  return transportNames.has(name)
}

/** Every option, wherever it stands. */
type Merged = SMTPPoolOptions & TransportOptions & SubmissionOptions & Pick<SmtpSettings, 'policy'>

type MailOptions = Omit<Merged, 'auth' | 'url'> & Pick<SmtpSettings, 'host'>

/**
 * Separates what is Postern's from what nodemailer's parts need.
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
  const settings = read(forCore(given, options, merged, loginForCore(beside.auth, login)), merged)
  const auth = settings.auth && watchedLogin(settings.auth, { secrets, logger })
  const { selection, locale, waitForChoice } = options
  const budgets = readBudgets(merged)
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

/** What nodemailer would put into `transporter.options`, without the secrets of the login. */
function mailOptions(merged: Merged, { host }: SmtpSettings, logger: Logger | undefined): MailOptions {
  const { auth } = merged
  const mail = { ...merged, host }
  if (auth) mail.auth = shownLogin(auth)
  if (logger) mail.logger = logger
  // It may hold a password.
  delete mail.url
  return mail
}

function shownLogin({ type, user, method }: SMTPTransportAuthOptions): SMTPTransportAuthOptions {
  return { ...(type !== undefined && { type }), user, ...(method !== undefined && { method }) }
}

/** Reads the settings; what is wrong with them comes with the reasons for what is not taken, all at once. */
function read(input: object, merged: Merged): SmtpSettings {
  let settings: SmtpSettings | undefined
  let issues: readonly SettingsIssue[] = []
  try {
    settings = parseSettings(input)
  } catch (error) {
    if (!SettingsError.isInstance(error)) throw error
    issues = error.issues.map(explained)
  }
  const host: unknown = settings?.host ?? merged.host
  const refused = [...refusals(merged, settings?.policy ?? merged.policy, typeof host === 'string' ? host : ''), ...issues]
  if (!settings || refused.length > 0) throw new SettingsError(refused)
  return settings
}

/** What core reads: the settings, and what stands among the options and says how the server is reached. */
function forCore(given: SubmissionSettings, options: SubmissionOptions, { servername, tls }: Merged, login: { readonly auth?: unknown }): object {
  const input: Record<string, unknown> = { ...(typeof given === 'string' ? { url: given } : withListedService(given as SMTPTransportOptions)), ...login }
  for (const name of settingNames) if (Object.hasOwn(options, name)) input[name] = options[name as keyof SubmissionOptions]
  // nodemailer has the name of the certificate among the options, too.
  if (servername) Object.assign(input, { tls: { ...(given as SMTPTransportOptions).tls, servername: tls?.servername ?? servername }, servername: undefined })
  return input
}

/** What `formatSettings` printed. What cannot be read is for core to say. */
function fromJson(given: SubmissionSettings): SubmissionSettings {
  if (typeof given !== 'string' || !given.trimStart().startsWith('{')) return given
  try {
    return JSON.parse(given) as SubmissionSettings
  } catch {
    return given
  }
}

/** nodemailer's options may stand in the query of a URL. What is wrong with it is for core to say. */
function fromUrl(given: SubmissionSettings): object {
  const url: unknown = typeof given === 'string' ? given : (given as SMTPTransportOptions | undefined | null)?.url
  try {
    return typeof url === 'string' ? parseConnectionUrl(url) : {}
  } catch {
    return {}
  }
}
