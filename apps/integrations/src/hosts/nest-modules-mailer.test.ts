import 'reflect-metadata'
import { NestFactory } from '@nestjs/core'
import { MailerService } from '@nestjs-modules/mailer'
import { expect, it } from 'vitest'
import { blockedProvider, expectOneOver2525 } from './blocked-provider.ts'
import { mailModule } from './nest-modules-mailer.ts'

it('works as the transport of @nestjs-modules/mailer', async () => {
  const blocked = await blockedProvider()
  const app = await NestFactory.createApplicationContext(mailModule(blocked.transport), { logger: false, abortOnError: false })
  const info: unknown = await app.get(MailerService).sendMail({ from: 'app@postern.test', to: 'ada@postern.test', subject: 'Nest', text: 'It works.' })
  expect(info).toMatchObject({ accepted: ['ada@postern.test'] })
  expectOneOver2525(blocked)
  await app.close()
})
