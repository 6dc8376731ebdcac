import { Inject, Injectable, Module } from '@nestjs/common'
import { describe, expect, it } from 'vitest'
import { boot } from '../../test/boot.ts'
import {
  createRecordingMailer,
  getMailerServiceToken,
  getMailerToken,
  InjectMailer,
  MailerService,
  PosternHealthIndicator,
  PosternModule,
  PosternTestingModule,
  type Transporter,
} from '../index.ts'

const message = {
  from: 'app@postern.test',
  to: 'Ada <ada@postern.test>',
  bcc: 'bob@postern.test',
  subject: 'Welcome',
  text: 'Hello.',
}

@Injectable()
class Welcome {
  readonly mailer: Transporter
  readonly service: MailerService

  constructor(@InjectMailer() mailer: Transporter, @Inject(MailerService) service: MailerService) {
    this.mailer = mailer
    this.service = service
  }
}

describe('PosternTestingModule', () => {
  it.each([
    ['directly', PosternTestingModule],
    ['by forRoot', PosternTestingModule.forRoot()],
  ])('imported %s, provides a recording mailer and its service', async (_, module) => {
    const app = await boot({ imports: [module], providers: [Welcome] })
    const { mailer, service } = app.get(Welcome)
    const info = await mailer.sendMail(message)
    await service.sendMail({ ...message, subject: 'Again' })
    const testing = app.get(PosternTestingModule)
    expect(info).toMatchObject({
      accepted: ['ada@postern.test', 'bob@postern.test'],
      messageId: testing.messages[0]?.messageId,
    })
    expect(testing.messages).toMatchObject([
      { ...message, envelope: { from: 'app@postern.test', to: ['ada@postern.test', 'bob@postern.test'] } },
      { subject: 'Again' },
    ])
    testing.clear()
    expect(testing.messages).toEqual([])
    await mailer.sendMail(message)
    expect(testing.messages).toHaveLength(1)
  })

  it('provides named mailers and the one without a name', async () => {
    const app = await boot({ imports: [PosternTestingModule.forRoot({ name: ['newsletter', 'alerts'] })] })
    await app.get<Transporter>(getMailerToken('newsletter')).sendMail({ ...message, subject: 'News' })
    await app.get<MailerService>(getMailerServiceToken('alerts')).sendMail({ ...message, subject: 'Alert' })
    await app.get(MailerService).sendMail(message)
    expect(app.get(PosternTestingModule).messages.map(({ subject }) => subject)).toEqual(['News', 'Alert', 'Welcome'])
  })

  it('is global by default', async () => {
    @Module({ providers: [Welcome] })
    class Feature {}
    const app = await boot({ imports: [PosternTestingModule.forRoot({ name: 'newsletter' }), Feature] })
    expect(app.get(Welcome, { strict: false }).mailer).toBe(app.get(getMailerToken()))
    const local = boot({ imports: [PosternTestingModule.forRoot({ isGlobal: false }), Feature] })
    await expect(local).rejects.toThrow(/PosternMailer/)
  })

  it('is healthy', async () => {
    const app = await boot({ imports: [PosternTestingModule] })
    expect(await app.get(PosternHealthIndicator).isHealthy('smtp')).toEqual({ smtp: { status: 'up' } })
  })
})

describe('createRecordingMailer', () => {
  it('overrides the mailer of a whole app, whose settings are not read', async () => {
    const mail = createRecordingMailer()
    const app = await boot({
      imports: [PosternModule.forRoot({ settings: { host: 'not a host' }, startup: 'ready' })],
      providers: [Welcome],
      override: (builder) => builder.overrideProvider(getMailerToken()).useValue(mail),
    })
    await app.get(Welcome).service.sendMail(message)
    expect(mail.messages).toMatchObject([{ subject: 'Welcome' }])
    mail.clear()
    expect(mail.messages).toEqual([])
  })

  it('has every method of a mailer', async () => {
    const mail = createRecordingMailer()
    expect(await mail.ready()).toEqual(mail.endpoint)
    expect(await mail.health()).toMatchObject({ status: 'pass' })
    expect(await mail.examine()).toEqual(mail.state().endpoint)
    expect(await mail.verify()).toBe(true)
    mail.close()
  })

  it('runs plugins and rejects what nodemailer rejects', async () => {
    const mail = createRecordingMailer()
    mail.use('compile', (one, done) => {
      one.data.html = '<p>Hello.</p>'
      done()
    })
    await mail.sendMail(message)
    expect(mail.messages[0]).toMatchObject({ html: '<p>Hello.</p>' })
    await expect(mail.sendMail({ ...message, signal: AbortSignal.abort() })).rejects.toThrow(/abort/i)
  })
})
