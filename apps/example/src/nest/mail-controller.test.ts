import { Test } from '@nestjs/testing'
import { PosternTestingModule } from '@postern/nestjs'
import { expect, it, onTestFinished } from 'vitest'
import { unusedMail } from '../../test/mail-setup.ts'
import { MAIL, MailController } from './mail-controller.ts'

async function createController() {
  const module = await Test.createTestingModule({
    imports: [PosternTestingModule.forRoot()],
    controllers: [MailController],
    providers: [{ provide: MAIL, useValue: unusedMail }],
  }).compile()
  onTestFinished(() => module.close())
  return { controller: module.get(MailController), mail: module.get(PosternTestingModule) }
}

it('sends what was posted, from the address of the app', async () => {
  const { controller, mail } = await createController()
  await controller.send({ to: 'bob@example.com', subject: 'Hello', text: 'It works.', from: 'eve@example.com', attachments: [{ path: '/etc/passwd' }] })
  expect(mail.messages).toMatchObject([{ from: 'app@example.com', to: 'bob@example.com', subject: 'Hello', text: 'It works.' }])
  expect(mail.messages[0]).not.toHaveProperty('attachments')
})

it('sends nothing without a recipient', async () => {
  const { controller, mail } = await createController()
  await expect(controller.send({ subject: 'Hello', text: 'It works.' })).rejects.toThrow('Missing or not a string: to.')
  expect(mail.messages).toEqual([])
})
