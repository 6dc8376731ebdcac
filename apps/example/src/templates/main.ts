import 'reflect-metadata'
import { MailerService } from '@nestjs-modules/mailer'
import { NestFactory } from '@nestjs/core'
import { readConfig } from '../config.ts'
import { errorText } from '../error-text.ts'
import { setUpMail } from '../mail.ts'
import { TemplatesModule } from './templates-module.ts'

try {
  const mail = await setUpMail(readConfig(process.env))
  const app = await NestFactory.createApplicationContext(TemplatesModule.for(mail), {
    logger: ['error'],
    abortOnError: false,
  })
  const info = await app.get(MailerService).sendMail({
    from: mail.from,
    to: mail.to,
    subject: 'Welcome',
    template: 'welcome',
    context: { name: 'Ada' },
  })
  console.log(`The server has accepted the message: ${info.response}`)
  for (const { raw } of mail.inbox?.() ?? []) console.log(`\n${raw}`)
  await app.close()
  await mail.close()
} catch (error) {
  console.error(errorText(error))
  process.exit(1)
}
