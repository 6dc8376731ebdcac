import { isLoopback, parseSettings, type SelectorOptions, SettingsError, type SettingsIssue, type SmtpSettings } from '@postern/core'
import type { TransactionWaits } from '@postern/core/submission'
import type { SMTPPoolOptions, SMTPTransportOptions } from 'nodemailer'
import type { GetSocketHandler, TransportOptions } from 'nodemailer/lib/mailer'
import { type Logger, parseConnectionUrl } from 'nodemailer/lib/shared'
import { redactingLogger } from '../observability/redacting-logger.ts'
import { withListedService } from './listed-service.ts'
import { type LoginParts, readLogin } from './login-options.ts'
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
  readonly waits?: Partial<TransactionWaits> | undefined
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
  /** All options as they were given, with those of a URL. */
  readonly merged: Merged
  /** For nodemailer's `Mail`, which gets no options of a plug-in. Without what is secret in the login. */
  readonly mail: TransportOptions
  /** The caller's own way to open connections. */
  readonly getSocket: GetSocketHandler | undefined
  readonly logger: Logger | undefined
  readonly secrets: Secrets
  readonly login: LoginParts
}

const ownNames = 'deadline endpointTimeout waits waitForChoice selection locale'.split(' ')

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
export type Merged = SMTPPoolOptions & TransportOptions & SubmissionOptions & Pick<SmtpSettings, 'policy'>

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
  const login = readLogin(beside.auth, merged, { secrets, logger })
  const settings = read(given, options, merged, login)
  const { selection, locale, waitForChoice } = options
  return {
    settings,
    own: { locale, waitForChoice, selection: { ...selection, budgets: { ...readBudgets(merged), ...selection?.budgets } } },
    numbers: readPoolNumbers({ ...merged, deadline: options.deadline, endpointTimeout: options.endpointTimeout, waits: options.waits }),
    merged,
    mail: mailOptions(merged, settings, logger),
    getSocket: merged.getSocket,
    logger,
    secrets,
    login,
  }
}

/** What nodemailer would put into `transporter.options`, without the secrets of the login. */
function mailOptions({ auth, url, ...merged }: Merged, { host }: SmtpSettings, logger: Logger | undefined): TransportOptions {
  void url
  const { type, user, method } = auth ?? {}
  const shown = auth && { ...(type !== undefined && { type }), user, ...(method !== undefined && { method }) }
  return { ...merged, host, ...(shown && { auth: shown }), ...(logger && { logger }) } as TransportOptions
}

/** Reads the settings; what is wrong with them comes with the reasons for what is not taken, all at once. */
function read(given: SubmissionSettings, options: SubmissionOptions, merged: Merged, login: LoginParts): SmtpSettings {
  const beside = Object.fromEntries(Object.entries(options).filter(([name]) => settingNames.includes(name)))
  const input = {
    ...(typeof given === 'string' ? { url: given } : withListedService(given as SMTPTransportOptions)),
    ...beside,
    ...login.forCore,
    // nodemailer has the name of the certificate among the options, too.
    ...(merged.servername && { tls: { ...(given as SMTPTransportOptions).tls, servername: merged.tls?.servername ?? merged.servername } }),
    servername: undefined,
  }
  let settings: SmtpSettings | undefined
  let issues: readonly SettingsIssue[] = []
  try {
    settings = parseSettings(input)
  } catch (error) {
    if (!SettingsError.isInstance(error)) throw error
    issues = error.issues.map(explained)
  }
  const { host = merged.host ?? '' } = settings ?? {}
  const refused = [...refusals({ ...merged, policy: settings?.policy ?? merged.policy }, typeof host === 'string' && isLoopback(host)), ...issues]
  if (!settings || refused.length > 0) throw new SettingsError(refused)
  const { auth } = settings
  return { ...settings, ...(auth && { auth: login.watched(auth) }) }
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
