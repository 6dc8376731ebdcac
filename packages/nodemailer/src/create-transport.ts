import type { MailDefaults, SMTPSentMessageInfo, SMTPTransportOptions, TransportOptions } from 'nodemailer'
import type Mail from 'nodemailer/lib/mailer'
import { Mailer } from './mailer.ts'
import type { TransportEvents } from './observability/watch.ts'
import { isTransportOption, type SubmissionOptions, type SubmissionSettings } from './options/split-options.ts'
import { submissionTransport, type SubmissionTransport } from './submission-transport.ts'

/**
 * nodemailer's own transporter, with what Postern adds to it. The type parameters are nodemailer's: what a send resolves
 * with, and the options.
 */
export interface Transporter<T = SMTPSentMessageInfo, D extends TransportOptions = SMTPTransportOptions>
  extends Mail<T, D>,
    Pick<SubmissionTransport, 'ready' | 'examine' | 'state' | 'metrics' | 'health' | 'settled'> {
  /** The endpoint in use, once one has been found. */
  readonly endpoint: SubmissionTransport['endpoint']
  on<Name extends keyof TransportEvents>(event: Name, listener: (...args: TransportEvents[Name]) => void): this
  on(event: string | symbol, listener: (...args: unknown[]) => void): this
  once<Name extends keyof TransportEvents>(event: Name, listener: (...args: TransportEvents[Name]) => void): this
  once(event: string | symbol, listener: (...args: unknown[]) => void): this
}

/** Options of the transport; what is not one of them is a default for every message, as nodemailer has it. */
export interface CreateTransportOptions extends SubmissionOptions, Omit<MailDefaults, keyof SubmissionOptions> {}

/**
 * nodemailer's `createTransport` for SMTP, with the port and the encryption left to Postern.
 *
 * @param settings what `nodemailer.createTransport` takes for SMTP, Postern's settings, or a URL
 * @throws SettingsError with everything that is wrong with the settings
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
