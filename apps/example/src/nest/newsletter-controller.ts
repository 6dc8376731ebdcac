import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common'
import { InjectMailerService, type MailerService } from '@postern/nestjs'
import type { MailSetup } from '../mail-setup.ts'
import { sendNewsletter } from '../newsletter.ts'
import { MAIL } from './mail-controller.ts'

/** Mail to many, through a mailer of its own. */
@Controller('newsletter')
export class NewsletterController {
  readonly #mailer: MailerService
  readonly #mail: MailSetup

  constructor(@InjectMailerService('newsletter') mailer: MailerService, @Inject(MAIL) mail: MailSetup) {
    this.#mailer = mailer
    this.#mail = mail
  }

  @Post()
  @HttpCode(202)
  send(@Body() body: unknown) {
    return sendNewsletter(this.#mailer, this.#mail.from, body)
  }
}
