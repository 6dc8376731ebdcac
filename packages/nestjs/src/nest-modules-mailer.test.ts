import { fileURLToPath } from 'node:url'
import { MailerModule, MailerService as TemplateMailer } from '@nestjs-modules/mailer'
import { HandlebarsAdapter } from '@nestjs-modules/mailer/adapters/handlebars.adapter'
import { startProvider } from '@postern/testing'
import { expect, it } from 'vitest'
import { boot, closeAfterTest } from '../test/boot.ts'
import { startHeldServer } from '../test/held-server.ts'
import { getMailerToken, PosternModule, type PosternModuleOptions, type Transporter } from './index.ts'

const dir = fileURLToPath(new URL('../test/templates', import.meta.url))

const start = (options: PosternModuleOptions) =>
  boot({
    imports: [
      PosternModule.forRoot({ startup: 'lazy', isGlobal: true, ...options }),
      MailerModule.forRootAsync({
        imports: [],
        inject: [getMailerToken()],
        useFactory: ({ transporter }: Transporter) => ({
          transport: transporter,
          template: { dir, adapter: new HandlebarsAdapter() },
        }),
      }),
    ],
  })

const message = {
  from: 'app@postern.test',
  to: 'ada@postern.test',
  subject: 'Welcome',
  template: 'welcome',
  context: { name: 'Ada' },
}

it('sends a message rendered by @nestjs-modules/mailer over the port that works', async () => {
  const provider = closeAfterTest(await startProvider({ faults: { 587: 'refuse' } }))
  const app = await start({ settings: provider.settings })
  await app.get(TemplateMailer, { strict: false }).sendMail({ ...message, from: provider.auth.user })
  expect(provider.messages).toMatchObject([{ port: 2525, secure: true }])
  expect(provider.messages[0]?.raw).toContain('<h1>Welcome, Ada</h1>')
})

it('finishes such a message before the app closes', async () => {
  const server = closeAfterTest(await startHeldServer())
  const app = await start({ settings: server.settings })
  const order: string[] = []
  const sending = app
    .get(TemplateMailer, { strict: false })
    .sendMail(message)
    .then(() => order.push('sent'))
  await server.waitForMessages(1)
  const closing = app.close().then(() => order.push('closed'))
  server.release()
  await Promise.all([sending, closing])
  expect(order).toEqual(['sent', 'closed'])
})
