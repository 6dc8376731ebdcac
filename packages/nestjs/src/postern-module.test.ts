import { Inject, Injectable, Module } from '@nestjs/common'
import { ConfigModule, ConfigService } from '@nestjs/config'
import { type Provider, startProvider } from '@postern/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { boot } from '../test/boot.ts'
import {
  getMailerServiceToken,
  getMailerToken,
  InjectMailer,
  InjectMailerService,
  MailerService,
  PosternModule,
  type PosternModuleOptions,
  type PosternOptionsFactory,
  type Transporter,
} from './index.ts'

let provider: Provider
beforeAll(async () => {
  provider = await startProvider()
})
afterAll(() => provider.close())
afterEach(() => {
  vi.unstubAllEnvs()
})

const message = (subject: string) => ({ from: provider.auth.user, to: 'ada@postern.test', subject, text: 'Hello.' })
const arrived = (subject: string) => provider.waitForMessage((one) => one.subject === subject)

@Injectable()
class Welcome {
  readonly mailer: Transporter
  readonly service: MailerService

  constructor(@InjectMailer() mailer: Transporter, @Inject(MailerService) service: MailerService) {
    this.mailer = mailer
    this.service = service
  }
}

@Injectable()
class Newsletter {
  @InjectMailer('newsletter') readonly mailer!: Transporter
  @InjectMailerService('newsletter') readonly service!: MailerService
}

describe('PosternModule.forRoot', () => {
  it("provides nodemailer's transporter and a service, and both send", async () => {
    const app = await boot({ imports: [PosternModule.forRoot({ settings: provider.settings })], providers: [Welcome] })
    const { mailer, service } = app.get(Welcome)
    await mailer.sendMail(message('by transporter'))
    const info = await service.sendMail(message('by service'))
    expect(info.accepted).toEqual(['ada@postern.test'])
    expect(service.transporter).toBe(mailer)
    expect((await arrived('by transporter')).port).toBe(587)
    expect((await arrived('by service')).user).toBe(provider.auth.user)
  })

  it('works from the environment alone', async () => {
    vi.stubEnv('SMTP_URL', `smtp://${provider.host}:${provider.ports[2525]}`)
    vi.stubEnv('SMTP_USER', provider.auth.user)
    vi.stubEnv('SMTP_PASS', provider.auth.pass)
    vi.stubEnv('SMTP_TLS_CA', provider.ca)
    const app = await boot({ imports: [PosternModule.forRoot()] })
    await app.get(MailerService).sendMail(message('from the environment'))
    expect((await arrived('from the environment')).port).toBe(2525)
  })

  it('reads the environment during boot, not in forRoot', async () => {
    const module = PosternModule.forRoot()
    vi.stubEnv('SMTP_HOST', '127.0.0.1')
    const app = await boot({ imports: [module] })
    expect(app.get(getMailerToken())).toBeDefined()
  })

  it('provides several mailers, each with its own settings', async () => {
    const imports = [
      PosternModule.forRoot({ settings: provider.settings }),
      PosternModule.forRoot({
        name: 'newsletter',
        settings: { ...provider.settings, candidates: [{ port: provider.ports[465], security: 'implicit' }] },
      }),
    ]
    const app = await boot({ imports, providers: [Welcome, Newsletter] })
    const { mailer, service } = app.get(Newsletter)
    expect(mailer).not.toBe(app.get(Welcome).mailer)
    expect(service.transporter).toBe(mailer)
    expect(app.get(getMailerServiceToken('newsletter'))).toBe(service)
    await service.sendMail(message('from the newsletter'))
    await app.get(MailerService).sendMail(message('from the other'))
    expect((await arrived('from the newsletter')).port).toBe(465)
    expect((await arrived('from the other')).port).toBe(587)
  })

  it("passes on nodemailer's options and defaults", async () => {
    const transport = { pool: true, from: provider.auth.user, headers: { 'X-Team': 'postern' } }
    const app = await boot({ imports: [PosternModule.forRoot({ settings: provider.settings, transport })] })
    const before = provider.connections[587]
    await app.get(MailerService).sendMail({ to: 'ada@postern.test', subject: 'pooled 1', text: '-' })
    await app.get(MailerService).sendMail({ to: 'ada@postern.test', subject: 'pooled 2', text: '-' })
    expect((await arrived('pooled 2')).from).toBe(provider.auth.user)
    expect((await arrived('pooled 2')).raw).toContain('X-Team: postern')
    // At most one for the background check, and one for both messages.
    expect(provider.connections[587] - before).toBeLessThanOrEqual(2)
  })

  it('is available in other modules only if it is global', async () => {
    @Module({ providers: [Welcome] })
    class Feature {}
    const bootWith = (isGlobal: boolean) =>
      boot({ imports: [PosternModule.forRoot({ settings: provider.settings, isGlobal }), Feature] })
    expect((await bootWith(true)).get(Welcome, { strict: false }).mailer).toBeDefined()
    await expect(bootWith(false)).rejects.toThrow(/PosternMailer/)
  })
})

const options = (): PosternModuleOptions => ({ settings: provider.settings, startup: 'lazy' })

describe('PosternModule.forRootAsync', () => {
  class Factory implements PosternOptionsFactory {
    createPosternOptions = () => Promise.resolve(options())
  }

  @Module({ providers: [Factory], exports: [Factory] })
  class FactoryModule {}

  it('gets options from useFactory with ConfigService', async () => {
    const config = ConfigModule.forRoot({
      ignoreEnvFile: true,
      ignoreEnvVars: true,
      load: [() => ({ mail: options() })],
    })
    const app = await boot({
      imports: [
        PosternModule.forRootAsync({
          imports: [config],
          inject: [ConfigService],
          useFactory: (service: ConfigService) => service.getOrThrow<PosternModuleOptions>('mail'),
        }),
      ],
    })
    await app.get(MailerService).sendMail(message('from a factory'))
    expect((await arrived('from a factory')).port).toBe(587)
  })

  it.each([
    ['useClass', () => PosternModule.forRootAsync({ useClass: Factory })],
    ['useExisting', () => PosternModule.forRootAsync({ imports: [FactoryModule], useExisting: Factory })],
  ])('gets options from %s', async (how, module) => {
    const app = await boot({ imports: [module()] })
    await app.get(MailerService).sendMail(message(how))
    expect((await arrived(how)).user).toBe(provider.auth.user)
  })

  it('accepts name and isGlobal next to the factory', async () => {
    @Module({ providers: [Newsletter] })
    class Feature {}
    const module = PosternModule.forRootAsync({ name: 'newsletter', isGlobal: true, useFactory: options })
    const app = await boot({ imports: [module, Feature] })
    expect(app.get(Newsletter, { strict: false }).mailer).toBe(app.get(getMailerToken('newsletter')))
  })
})
