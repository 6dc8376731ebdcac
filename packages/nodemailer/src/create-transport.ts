import type { MailDefaults, SMTPSentMessageInfo, SMTPTransportOptions, TransportOptions } from 'nodemailer'
import type Mail from 'nodemailer/lib/mailer'
import { Mailer } from './mailer.ts'
import type { TransportEvents } from './observability/watch.ts'
import { isTransportOption, type SubmissionOptions, type SubmissionSettings } from './options/split-options.ts'
import { submissionTransport, type SubmissionTransport } from './submission-transport.ts'

/**
 * nodemailer's transporter with the additions of Postern. The type parameters are nodemailer's: the result of a send, and the
 * options.
 */
export interface Transporter<T = SMTPSentMessageInfo, D extends TransportOptions = SMTPTransportOptions>
  extends Mail<T, D>,
    Pick<SubmissionTransport, 'ready' | 'examine' | 'state' | 'metrics' | 'health' | 'settled'> {
  /** The endpoint in use, once one was selected. */
  readonly endpoint: SubmissionTransport['endpoint']
  on<Name extends keyof TransportEvents>(event: Name, listener: (...args: TransportEvents[Name]) => void): this
  on(event: string | symbol, listener: (...args: unknown[]) => void): this
  once<Name extends keyof TransportEvents>(event: Name, listener: (...args: TransportEvents[Name]) => void): this
  once(event: string | symbol, listener: (...args: unknown[]) => void): this
}

/** Options of the transport. As in nodemailer, any other property is a default for every message. */
export interface CreateTransportOptions extends SubmissionOptions, Omit<MailDefaults, keyof SubmissionOptions> {}

/**
 * nodemailer's `createTransport` for SMTP. Postern chooses the port and the encryption.
 *
 * @param settings nodemailer's SMTP options, Postern's settings, or a URL
 * @throws SettingsError with every issue
 * @example
 * const mailer = createTransport({ host: 'smtp.example.com', auth: { user: 'ada', pass: 'secret' } })
 * await mailer.sendMail({ from: 'ada@example.com', to: 'you@example.com', subject: 'Hello', text: 'It works.' })
 */
export function createTransport(settings: SubmissionSettings, options?: CreateTransportOptions | null): Transporter {
  const defaults: Record<string, unknown> = {}
  const transportOptions: Record<string, unknown> = {}
  for (const name in options) {
    if (Object.hasOwn(options, name)) (isTransportOption(name) ? transportOptions : defaults)[name] = options[name as keyof typeof options]
  }
  return new Mailer(submissionTransport(settings, transportOptions), defaults)
}
