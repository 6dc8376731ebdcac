import { inspect, type InspectOptions } from 'node:util'
import type { MailDefaults, SendMailOptions, SMTPSentMessageInfo } from 'nodemailer'
import { type SendMail, withOneAbortError } from './delivery/abort-error.ts'
import type { SendCallback } from './delivery/outgoing-message.ts'
import { OwnMail } from './own-mail.ts'
import type { SubmissionTransport } from './submission-transport.ts'

/** nodemailer's `Mail`, with the methods of the transport. */
export class Mailer extends OwnMail {
  declare readonly transporter: SubmissionTransport

  constructor(transport: SubmissionTransport, defaults: MailDefaults) {
    super(transport, transport.mailOptions(), defaults)
  }

  /** As nodemailer's, but for a message that is aborted: it is rejected with the same error at any moment. */
  override sendMail(data: SendMailOptions): Promise<SMTPSentMessageInfo>
  override sendMail(data: SendMailOptions, callback: SendCallback): void
  override sendMail(data: SendMailOptions, callback?: SendCallback): Promise<SMTPSentMessageInfo> | undefined {
    const send: SendMail = (given, done) => super.sendMail(given as SendMailOptions, done as never) as unknown as ReturnType<SendMail>
    return withOneAbortError(send, this.transporter, data, callback)
  }

  get endpoint(): SubmissionTransport['endpoint'] {
    return this.transporter.endpoint
  }

  ready(...args: Parameters<SubmissionTransport['ready']>): ReturnType<SubmissionTransport['ready']> {
    return this.transporter.ready(...args)
  }

  examine(...args: Parameters<SubmissionTransport['examine']>): ReturnType<SubmissionTransport['examine']> {
    return this.transporter.examine(...args)
  }

  state(): ReturnType<SubmissionTransport['state']> {
    return this.transporter.state()
  }

  metrics(): ReturnType<SubmissionTransport['metrics']> {
    return this.transporter.metrics()
  }

  health(...args: Parameters<SubmissionTransport['health']>): ReturnType<SubmissionTransport['health']> {
    return this.transporter.health(...args)
  }

  settled(): Promise<void> {
    return this.transporter.settled()
  }

  /** Its options hold keys and passwords: it prints, and serialises, as its state. */
  toJSON(): object {
    return this.state()
  }

  [inspect.custom](_depth: number, options: InspectOptions): string {
    return `Transporter ${inspect(this.state(), options)}`
  }
}
