import { type Credentials, parseSettings, type SelectorOptions, type SmtpSettings } from '@postern/core'
import type { SMTPPoolOptions, SMTPTransportOptions } from 'nodemailer'

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
  readonly nodemailer: SMTPPoolOptions
}

/** What decides where a connection goes, and how: core's business, and kept from nodemailer. */
const reserved: ReadonlySet<string> = new Set(
  (
    'host hostname server port secure security encryption requireTLS ignoreTLS opportunisticTLS auth user username pass ' +
    'password accessToken tls servername url service candidates policy clientName deadline selection locale getSocket ' +
    'connection socket secured'
  ).split(' '),
)

/**
 * Tells apart what is Postern's and what is nodemailer's.
 *
 * @throws SettingsError
 */
export function splitOptions(given: SubmissionSettings, options: SubmissionOptions): SplitOptions {
  const settings = parseSettings(given)
  const { deadline, selection, locale } = options
  const merged = Object.entries({ ...(typeof given === 'object' ? given : {}), ...options })
  const nodemailer = {
    ...Object.fromEntries(merged.filter(([key]) => !reserved.has(key))),
    // nodemailer says EHLO once more, over TLS, and the same name twice.
    ...(settings.clientName !== undefined && { name: settings.clientName }),
    ...(settings.auth && { auth: loginFor(settings.auth) }),
  }
  return { settings, own: { deadline, selection, locale }, nodemailer }
}

/** nodemailer wants a password before it hands a login over; the one that logs in is Postern's (see authenticate.ts). */
function loginFor(auth: Credentials): { readonly user: string; readonly pass: string } {
  return { user: auth.user, pass: 'pass' in auth ? auth.pass : auth.accessToken }
}
