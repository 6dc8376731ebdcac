import { Inject } from '@nestjs/common'
import { getMailerServiceToken } from './service-token.ts'
import { getMailerToken } from './tokens.ts'

/**
 * Injects a mailer: nodemailer's transporter.
 *
 * @param name the name given to `PosternModule.forRoot`; unset: the mailer without one
 * @example
 * constructor(@InjectMailer() private readonly mailer: Transporter) {}
 * constructor(@InjectMailer('newsletter') private readonly newsletter: Transporter) {}
 */
export function InjectMailer(name?: string): PropertyDecorator & ParameterDecorator {
  return Inject(getMailerToken(name))
}

/**
 * Injects a named mailer's service. For the mailer without a name, inject `MailerService` without a decorator.
 *
 * @param name the name given to `PosternModule.forRoot`; unset: the mailer without one
 * @example
 * constructor(@InjectMailerService('newsletter') private readonly newsletter: MailerService) {}
 */
export function InjectMailerService(name?: string): PropertyDecorator & ParameterDecorator {
  return Inject(getMailerServiceToken(name))
}
