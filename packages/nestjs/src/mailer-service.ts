import { Inject, Injectable } from '@nestjs/common'
import type { Transporter } from '@postern/nodemailer'
import type { SendMailOptions, SMTPSentMessageInfo } from 'nodemailer'
import { getMailerToken } from './tokens.ts'

/**
 * Sends mail, for those who prefer a service to a transporter. It belongs to the mailer without a name;
 * `@InjectMailerService(name)` gives another one's.
 *
 * @example
 * @Injectable()
 * class Welcome {
 *   constructor(private readonly mailer: MailerService) {}
 *   greet = (to: string) => this.mailer.sendMail({ from: 'ada@example.com', to, subject: 'Welcome', text: 'Hello.' })
 * }
 */
@Injectable()
export class MailerService {
  /** nodemailer's transporter, for everything that is not sending. */
  readonly transporter: Transporter

  constructor(@Inject(getMailerToken()) transporter: Transporter) {
    this.transporter = transporter
  }

  /**
   * Sends one message.
   *
   * @throws DeliveryError that says whether the message may have arrived, what was tried and what to do
   */
  async sendMail(message: SendMailOptions): Promise<SMTPSentMessageInfo> {
    return await this.transporter.sendMail(message)
  }
}
