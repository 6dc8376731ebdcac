import { Inject, Injectable } from '@nestjs/common'
import type { Transporter } from '@postern/nodemailer'
import type { SendMailOptions, SMTPSentMessageInfo } from 'nodemailer'
import { getMailerToken } from './tokens.ts'

/**
 * The service of the mailer without a name; inject others with `@InjectMailerService(name)`.
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
  /** The underlying nodemailer transporter. */
  readonly transporter: Transporter

  constructor(@Inject(getMailerToken()) transporter: Transporter) {
    this.transporter = transporter
  }

  /**
   * Sends one message.
   *
   * @throws DeliveryError with `delivery` (whether the message may have arrived), `attempts` and `advice`
   */
  async sendMail(message: SendMailOptions): Promise<SMTPSentMessageInfo> {
    return await this.transporter.sendMail(message)
  }
}
