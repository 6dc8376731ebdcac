import { Body, Controller, Get, HttpCode, Inject, Post } from '@nestjs/common'
import { InjectMailer, type Transporter } from '@postern/nestjs'
import type { MailSetup } from '../mail.ts'
import { fieldsOf, Problem } from '../problem.ts'

export const MAIL = Symbol('mail')

@Controller()
export class MailController {
  readonly #mailer: Transporter
  readonly #mail: MailSetup

  constructor(@InjectMailer() mailer: Transporter, @Inject(MAIL) mail: MailSetup) {
    this.#mailer = mailer
    this.#mail = mail
  }

  @Post('send')
  @HttpCode(202)
  async send(@Body() body: unknown) {
    const { to, subject, text } = fieldsOf(body)
    const { messageId, accepted, response } = await this.#mailer.sendMail({ from: this.#mail.from, to, subject, text })
    return { messageId, accepted, response, port: this.#mailer.endpoint?.port }
  }

  @Get('inbox')
  inbox() {
    const { inbox } = this.#mail
    if (!inbox)
      throw new Problem(404, 'The inbox exists only with the built-in provider, not with your own server.')
    return inbox().map(({ id, from, to, subject, text, receivedAt }) => ({ id, from, to, subject, text, receivedAt }))
  }
}
