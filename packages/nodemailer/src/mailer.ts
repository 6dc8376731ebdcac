import { inspect, type InspectOptions } from 'node:util'
import type { MailDefaults, SendMailOptions, SMTPSentMessageInfo, SMTPTransportOptions } from 'nodemailer'
import Mail from 'nodemailer/lib/mailer'
import { type SendMail, withOneAbortError } from './delivery/abort-error.ts'
import type { SendCallback } from './delivery/outgoing-message.ts'
import type { MailerTransport } from './mailer-transport.ts'

/** nodemailer's `Mail` with the methods of the transport. */
export class Mailer extends Mail<SMTPSentMessageInfo, SMTPTransportOptions> {
  declare readonly transporter: MailerTransport

  constructor(transport: MailerTransport, defaults: MailDefaults) {
    super(transport, transport.mailOptions(), defaults)
  }

  /** Like nodemailer's, but an aborted message is always rejected with the same error. */
  override sendMail(data: SendMailOptions): Promise<SMTPSentMessageInfo>
  override sendMail(data: SendMailOptions, callback: SendCallback): void
  override sendMail(data: SendMailOptions, callback?: SendCallback): Promise<SMTPSentMessageInfo> | undefined {
    const send: SendMail = (given, done) => super.sendMail(given as SendMailOptions, done as never) as unknown as ReturnType<SendMail>
    return withOneAbortError(send, this.transporter, data, callback)
  }

  get endpoint(): MailerTransport['endpoint'] {
    return this.transporter.endpoint
  }

  ready(...args: Parameters<MailerTransport['ready']>): ReturnType<MailerTransport['ready']> {
    return this.transporter.ready(...args)
  }

  examine(...args: Parameters<MailerTransport['examine']>): ReturnType<MailerTransport['examine']> {
    return this.transporter.examine(...args)
  }

  state(): ReturnType<MailerTransport['state']> {
    return this.transporter.state()
  }

  metrics(): ReturnType<MailerTransport['metrics']> {
    return this.transporter.metrics()
  }

  health(...args: Parameters<MailerTransport['health']>): ReturnType<MailerTransport['health']> {
    return this.transporter.health(...args)
  }

  settled(): Promise<void> {
    return this.transporter.settled()
  }

  /** Returns the state, because the options contain keys and passwords. */
  toJSON(): object {
    return this.state()
  }

  [inspect.custom](_depth: number, options: InspectOptions): string {
    return `Transporter ${inspect(this.state(), options)}`
  }
}
