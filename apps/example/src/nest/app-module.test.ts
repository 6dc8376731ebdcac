import { Test, type TestingModuleBuilder } from '@nestjs/testing'
import { createRecordingMailer, getMailerToken, PosternOptionsError } from '@postern/nestjs'
import { expect, it, onTestFinished } from 'vitest'
import { unusedMail } from '../../test/mail-setup.ts'
import type { MailSetup } from '../mail-setup.ts'
import { AppModule } from './app-module.ts'

function build(mail: MailSetup): TestingModuleBuilder {
  return Test.createTestingModule({ imports: [AppModule.for(mail, 'the-token')] })
}

it('sends through a recording mailer in tests of the whole app', async () => {
  const mail = createRecordingMailer()
  const module = await build(unusedMail).overrideProvider(getMailerToken()).useValue(mail).compile()
  const app = module.createNestApplication({ logger: false })
  onTestFinished(() => app.close())
  await app.listen(0, '127.0.0.1')
  const response = await fetch(`${await app.getUrl()}/send`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ to: 'bob@example.com', subject: 'Hello', text: 'It works.' }),
  })
  expect(response.status).toBe(202)
  expect(mail.messages).toMatchObject([{ from: 'app@example.com', to: 'bob@example.com', subject: 'Hello' }])
})

it('does not start with invalid options, and names each with its variable', async () => {
  const booting = build({ ...unusedMail, settings: { host: 'smtp.example.com', port: 0 } }).compile()
  const error: unknown = await booting.catch((error: unknown) => error)
  expect(error).toBeInstanceOf(PosternOptionsError)
  expect((error as PosternOptionsError).issues).toMatchObject([{ path: 'settings.port', variable: 'SMTP_PORT' }])
})
