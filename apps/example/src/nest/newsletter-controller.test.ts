import { Test } from '@nestjs/testing'
import { getMailerServiceToken, type MailerService, PosternTestingModule } from '@postern/nestjs'
import { expect, it, onTestFinished } from 'vitest'
import { unusedMail } from '../../test/mail-setup.ts'
import { MAIL } from './mail-controller.ts'
import { NewsletterController } from './newsletter-controller.ts'

async function createModule() {
  const module = await Test.createTestingModule({
    imports: [PosternTestingModule.forRoot({ name: 'newsletter' })],
    controllers: [NewsletterController],
    providers: [{ provide: MAIL, useValue: unusedMail }],
  }).compile()
  onTestFinished(() => module.close())
  return { controller: module.get(NewsletterController), service: module.get<MailerService>(getMailerServiceToken('newsletter')), mail: module.get(PosternTestingModule) }
}

it('sends a message of its own to each address', async () => {
  const { controller, mail } = await createModule()
  expect(await controller.send({ to: 'ada@example.com, bob@example.com', subject: 'News', text: 'It works.' })).toEqual({ accepted: 2, failed: 0 })
  expect(mail.messages.map(({ to }) => to)).toEqual(['ada@example.com', 'bob@example.com'])
})

it('counts the messages that failed', async () => {
  const { controller, service } = await createModule()
  service.transporter.use('compile', ({ data }, done) => done(data.to === 'bob@example.com' ? new Error('No such person') : undefined))
  expect(await controller.send({ to: 'ada@example.com,bob@example.com', subject: 'News', text: 'It works.' })).toEqual({ accepted: 1, failed: 1 })
})
