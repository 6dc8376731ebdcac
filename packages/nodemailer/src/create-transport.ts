import nodemailer from 'nodemailer'
import type { MailDefaults, SMTPSentMessageInfo, SMTPTransportOptions, TransportOptions } from 'nodemailer'
import type Mail from 'nodemailer/lib/mailer'
import { isTransportOption, type SubmissionOptions, type SubmissionSettings } from './options/split-options.ts'
import { submissionTransport, type SubmissionTransport } from './submission-transport.ts'
import type { TransportEvents } from './observability/watch.ts'

/**
 * nodemailer's own transporter, with what Postern adds to it. The types of what a send tells and of the options are named as
 * in nodemailer's, by those who name them there.
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
  const { defaults, transportOptions } = withoutDefaults(options ?? {})
  const transport = submissionTransport(settings, transportOptions)
  const mailer = nodemailer.createTransport(transport, defaults)
  for (const event of ['trying', 'attempt', 'selected', 'fallback', 'recovered', 'exhausted'] as const) {
    transport.on(event, (what: unknown) => mailer.emit(event, what))
  }
  Object.defineProperties(mailer, {
    endpoint: { get: () => transport.endpoint },
    ready: { value: transport.ready.bind(transport) },
    examine: { value: transport.examine.bind(transport) },
    state: { value: transport.state.bind(transport) },
    metrics: { value: transport.metrics.bind(transport) },
    health: { value: transport.health.bind(transport) },
    settled: { value: transport.settled.bind(transport) },
  })
  return mailer as unknown as Transporter
}

function withoutDefaults(options: CreateTransportOptions): {
  readonly defaults: MailDefaults
  readonly transportOptions: SubmissionOptions
} {
  const entries = Object.entries(options)
  const pick = (isOption: boolean) => Object.fromEntries(entries.filter(([key]) => isTransportOption(key) === isOption))
  return { defaults: pick(false), transportOptions: pick(true) }
}
