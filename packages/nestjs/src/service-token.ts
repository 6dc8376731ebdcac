import type { InjectionToken } from '@nestjs/common'
import { MailerService } from './mailer-service.ts'
import { tokenFor, UNNAMED } from './tokens.ts'

/**
 * The injection token of a mailer's service: `MailerService` itself for the mailer without a name.
 *
 * @example
 * const newsletter = app.get<MailerService>(getMailerServiceToken('newsletter'))
 */
export function getMailerServiceToken(name: string = UNNAMED): InjectionToken<MailerService> {
  return name === UNNAMED ? MailerService : tokenFor('PosternMailerService', name)
}
