import { Test } from '@nestjs/testing'
import { createRecordingMailer, getMailerToken, PosternTestingModule } from '@postern/nestjs'
import { AppModule, Welcome } from './app.module'
// Written by .ci/tarballs.mjs.
import * as readme from './readme'

const message = { to: 'ada@postern.test', subject: 'Welcome' }

it('records what a part of the app sends', async () => {
  const app = await Test.createTestingModule({
    imports: [PosternTestingModule.forRoot()],
    providers: [Welcome],
  }).compile()
  await app.get(Welcome).greet('ada@postern.test')
  expect(app.get(PosternTestingModule).messages).toMatchObject([message])
})

it('records what the whole app sends', async () => {
  const mail = createRecordingMailer()
  const builder = Test.createTestingModule({ imports: [AppModule] })
    .overrideProvider(getMailerToken())
    .useValue(mail)
  const app = await (await builder.compile()).init()
  await app.get(Welcome).greet('ada@postern.test')
  expect(mail.messages).toMatchObject([message])
  await app.close()
})

it('runs the first example of the README', async () => {
  process.env.SMTP_HOST = 'smtp.example.com'
  const mail = createRecordingMailer()
  const app = await (await Test.createTestingModule({ imports: [readme.AppModule] }).overrideProvider(getMailerToken()).useValue(mail).compile()).init()
  await app.get(readme.Welcome).greet('ada@postern.test')
  expect(mail.messages).toMatchObject([message])
  await app.close()
})
