import { type Credentials, parseSettings, type SelectorOptions, type SmtpSettings } from '@postern/core'
import type { SMTPPoolOptions, SMTPTransportOptions } from 'nodemailer'
import type { GetSocketHandler, TransportOptions } from 'nodemailer/lib/mailer'
import { parseConnectionUrl } from 'nodemailer/lib/shared'
import { redactingLogger } from './redacting-logger.ts'
import { Secrets } from './secrets.ts'

/** What a transport takes beside the settings: every option of nodemailer's SMTP and pool transports, and Postern's. */
export interface SubmissionOptions extends Omit<SMTPPoolOptions, 'host' | 'port' | 'secure' | 'auth' | 'tls' | 'url' | 'service'> {
  /**
   * Milliseconds one send may take altogether, whatever it waits for. Default: 30 s until the message begins to be
   * transferred, 10 min from then on (RFC 5321 §4.5.3.2.6).
   */
  readonly deadline?: number | undefined
  /** How the endpoint is looked for. */
  readonly selection?: Omit<SelectorOptions, 'dial' | 'locale'> | undefined
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
}

const ownNames = 'deadline selection locale'.split(' ')

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
  ...(
    'pool maxConnections maxMessages maxRequeues rateDelta rateLimit idleTimeout name logger debug transactionLog component ' +
    'connectionTimeout greetingTimeout socketTimeout socketCloseTimeout dnsTimeout maxResponseSize localAddress proxy dkim ' +
    'authMethod customAuth forceAuth getSocket disableFileAccess disableUrlAccess attachDataUrls lmtp ' +
    'allowInternalNetworkInterfaces normalizeHeaderKey maxRecipients'
  ).split(' '),
])

/** Whether an option is for the transport, not a default for every message. */
export function isTransportOption(name: string): boolean {
  return transportNames.has(name)
}

/**
 * Tells apart what is Postern's and what is nodemailer's.
 *
 * @throws SettingsError
 */
export function splitOptions(given: SubmissionSettings, options: SubmissionOptions): SplitOptions {
  const settings = parseSettings(given)
  const secrets = new Secrets(settings.auth)
  const { deadline, selection, locale } = options
  const merged = { ...fromUrl(given), ...(typeof given === 'object' && given), ...options } as SMTPPoolOptions & TransportOptions
  const forNodemailer = {
    ...Object.fromEntries(Object.entries(merged).filter(([key]) => !reserved.has(key))),
    ...(merged.logger && { logger: redactingLogger(merged.logger, secrets) }),
  } as SMTPPoolOptions & TransportOptions
  return {
    settings,
    own: { deadline, locale, selection: { ...selection, budgets: { ...waits(merged), ...selection?.budgets } } },
    nodemailer: {
      ...forNodemailer,
      // nodemailer says EHLO once more, over TLS, and the same name twice.
      ...(settings.clientName !== undefined && { name: settings.clientName }),
      ...(settings.auth && { auth: loginFor(settings.auth) }),
    },
    // A proxy that is itself reached over TLS goes by the same options.
    mail: { ...forNodemailer, ...(merged.proxy && merged.tls && { tls: merged.tls }) },
    getSocket: merged.getSocket,
    secrets,
  }
}

/** nodemailer's options may stand in the query of a URL. */
function fromUrl(given: SubmissionSettings): object {
  const url = typeof given === 'string' ? given : (given as SMTPTransportOptions).url
  return url === undefined ? {} : parseConnectionUrl(url)
}

/** nodemailer's names for the waits that Postern keeps in its place. */
function waits({ connectionTimeout, greetingTimeout, dnsTimeout }: SMTPPoolOptions): Record<string, number> {
  return {
    ...(connectionTimeout && { connect: connectionTimeout }),
    ...(greetingTimeout && { greeting: greetingTimeout }),
    ...(dnsTimeout && { dns: dnsTimeout }),
  }
}

/** nodemailer wants a password before it hands a login over; the one that logs in is Postern's (see authenticate.ts). */
function loginFor(auth: Credentials): { readonly user: string; readonly pass: string } {
  return { user: auth.user, pass: 'pass' in auth ? auth.pass : auth.accessToken }
}
