import { Body, Controller, Get, HttpCode, Inject, Post } from '@nestjs/common'
import { describeSettingsForm } from '@postern/core'
import { MailerService } from '@postern/nestjs'
import { inboxOf } from '../inbox.ts'
import type { MailSetup } from '../mail-setup.ts'
import { fieldsOf } from '../problem.ts'

export const MAIL = Symbol('mail')

@Controller()
export class MailController {
  readonly #mailer: MailerService
  readonly #mail: MailSetup

  constructor(@Inject(MailerService) mailer: MailerService, @Inject(MAIL) mail: MailSetup) {
    this.#mailer = mailer
    this.#mail = mail
  }

  @Post('send')
  @HttpCode(202)
  async send(@Body() body: unknown) {
    const { to, subject, text } = fieldsOf(body)
    const { messageId, accepted, response } = await this.#mailer.sendMail({ from: this.#mail.from, to, subject, text })
    return { messageId, accepted, response, port: this.#mailer.transporter.endpoint?.port }
  }

  /** What a page for these settings should ask. */
  @Get('settings/form')
  settingsForm() {
    return describeSettingsForm({ locale: this.#mail.transport.locale })
  }

  @Get('inbox')
  inbox() {
    return inboxOf(this.#mail)
  }
}
