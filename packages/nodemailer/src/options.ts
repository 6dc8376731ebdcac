import { isLoopback, parseSettings, type SelectorOptions, SettingsError, type SettingsIssue, type SmtpSettings } from '@postern/core'
import type { SMTPPoolOptions, SMTPTransportOptions } from 'nodemailer'
import type { GetSocketHandler, TransportOptions } from 'nodemailer/lib/mailer'
import { parseConnectionUrl } from 'nodemailer/lib/shared'
import type { SMTPTransportAuth } from 'nodemailer/lib/smtp-transport'
import { type LoginParts, readLogin } from './login-options.ts'
import type { OAuth2Tokens } from './oauth2-tokens.ts'
import { redactingLogger } from './redacting-logger.ts'
import { explained, refusals } from './refused-options.ts'
import { Secrets } from './secrets.ts'

/** What a transport takes beside the settings: every option of nodemailer's SMTP and pool transports, and Postern's. */
export interface SubmissionOptions extends Omit<SMTPPoolOptions, 'host' | 'port' | 'secure' | 'auth' | 'tls' | 'url' | 'service'> {
  /**
   * Milliseconds one send may take altogether, whatever it waits for. Default: 30 s until the message begins to be
   * transferred, 10 min from then on (RFC 5321 §4.5.3.2.6).
   */
  readonly deadline?: number | undefined
  /** How the endpoint is looked for. */
  readonly selection?: Omit<SelectorOptions, 'authMethod' | 'dial' | 'localAddress' | 'locale'> | undefined
  /** The language of failures and advice. @default 'en' */
  readonly locale?: SelectorOptions['locale']
}

/** Settings as nodemailer takes them, as Postern does, or a URL. */
export type SubmissionSettings = SmtpSettings | SMTPTransportOptions | SMTPPoolOptions | string

/** The settings for core, and what is left for nodemailer. */
export interface SplitOptions {
  readonly settings: SmtpSettings
  readonly own: Pick<SubmissionOptions, 'deadline' | 'selection' | 'locale'>
  /** For nodemailer's SMTP transports. */
  readonly nodemailer: SMTPPoolOptions
  /** For nodemailer's `Mail`, which is told nothing of a transport's options. */
  readonly mail: TransportOptions
  /** The caller's own way to open connections. */
  readonly getSocket: GetSocketHandler | undefined
  readonly secrets: Secrets
  /** The transport's login as nodemailer is to have it. */
  readonly login: SMTPTransportAuth | undefined
  /** What nodemailer has in the place of the login's secret. */
  readonly standIn: string
  /** Where nodemailer's OAuth2 settings are at work. */
  readonly tokens: OAuth2Tokens | undefined
}

const ownNames = 'deadline selection locale'.split(' ')

/** What says how the server is reached, and may stand among the options too. */
const settingNames = 'name servername requireTLS ignoreTLS opportunisticTLS lmtp socket connection secured'.split(' ')

/** What decides where a connection goes, and how: core's business, and kept from nodemailer. */
const reserved: ReadonlySet<string> = new Set([
  ...ownNames,
  ...(
    'host hostname server port secure security encryption requireTLS ignoreTLS opportunisticTLS auth user username login ' +
    'pass password accessToken token tls servername url service candidates policy clientName getSocket connection socket ' +
    'secured connectionTimeout greetingTimeout dnsTimeout maxRequeues'
  ).split(' '),
])

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

type Merged = SMTPPoolOptions & TransportOptions & Pick<SmtpSettings, 'policy'>

/**
 * Tells apart what is Postern's and what is nodemailer's.
 *
 * @throws SettingsError
 */
export function splitOptions(settingsGiven: SubmissionSettings, options: SubmissionOptions): SplitOptions {
  const given = fromJson(settingsGiven)
  const beside = ((typeof given === 'object' && given) || {}) as SMTPPoolOptions
  const merged = { ...fromUrl(given), ...beside, ...options } as Merged
  const secrets = new Secrets()
  const logger = merged.logger && redactingLogger(merged.logger, secrets)
  const login = readLogin(beside.auth, merged, { secrets, logger: logger || undefined })
  const settings = read(given, options, merged, login)
  const { deadline, selection, locale } = options
  const forNodemailer = {
    ...Object.fromEntries(Object.entries(merged).filter(([key]) => !reserved.has(key))),
    ...(logger && { logger }),
  } as SMTPPoolOptions & TransportOptions
  return {
    settings,
    own: { deadline, locale, selection: { ...selection, budgets: { ...waits(merged), ...selection?.budgets } } },
    nodemailer: {
      ...forNodemailer,
      // nodemailer says EHLO once more, over TLS, and the same name twice.
      ...(settings.clientName !== undefined && { name: settings.clientName }),
      ...login.forNodemailer(settings.auth),
    },
    // A proxy that is itself reached over TLS goes by the same options.
    mail: { ...forNodemailer, ...(merged.proxy && merged.tls && { tls: merged.tls }) },
    getSocket: merged.getSocket,
    secrets,
    login: login.inPlace(settings.auth),
    standIn: login.standIn,
    tokens: login.tokens,
  }
}

/** Reads the settings; what is wrong with them comes with the reasons for what is not taken, all at once. */
function read(given: SubmissionSettings, options: SubmissionOptions, merged: Merged, login: LoginParts): SmtpSettings {
  const beside = Object.fromEntries(Object.entries(options).filter(([name]) => settingNames.includes(name)))
  const input = {
    ...(typeof given === 'string' ? { url: given } : given),
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
  const refused = [...refusals({ ...merged, policy: settings?.policy ?? merged.policy }, isLoopback(host)), ...issues]
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

/** nodemailer's names for the waits that Postern keeps in its place. */
function waits({ connectionTimeout, greetingTimeout, dnsTimeout }: SMTPPoolOptions): Record<string, number> {
  return {
    ...(connectionTimeout && { connect: connectionTimeout }),
    ...(greetingTimeout && { greeting: greetingTimeout }),
    ...(dnsTimeout && { dns: dnsTimeout }),
  }
}
