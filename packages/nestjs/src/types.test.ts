import type { DynamicModule, InjectionToken } from '@nestjs/common'
import type { HealthIndicatorResult } from '@nestjs/terminus'
import type { SmtpSettings } from '@postern/core'
import type {
  SMTPPoolOptions,
  SMTPSentMessageInfo,
  SMTPTransportOptions,
  Transporter as NodemailerTransporter,
} from 'nodemailer'
import { describe, expectTypeOf, it } from 'vitest'
import {
  getMailerServiceToken,
  getMailerToken,
  InjectMailer,
  type MailerService,
  type PosternHealthIndicator,
  PosternModule,
  type PosternModuleOptions,
  type RecordingMailer,
  type Transporter,
} from './index.ts'

const useFactory = (url: string) => ({ settings: url })
const check = (smtp: PosternHealthIndicator) => smtp.isHealthy('smtp', { name: 'newsletter', detail: true })

describe('types', () => {
  it("the mailer is nodemailer's transporter", () => {
    expectTypeOf<Transporter>().toExtend<NodemailerTransporter<SMTPSentMessageInfo, SMTPTransportOptions>>()
    expectTypeOf<RecordingMailer>().toExtend<Transporter>()
    expectTypeOf<MailerService['sendMail']>().returns.resolves.toEqualTypeOf<SMTPSentMessageInfo>()
  })

  it('decorators work on properties and parameters, and tokens are injection tokens', () => {
    expectTypeOf(InjectMailer).returns.toEqualTypeOf<PropertyDecorator & ParameterDecorator>()
    expectTypeOf(getMailerToken).returns.toExtend<InjectionToken>()
    expectTypeOf(getMailerServiceToken()).toExtend<InjectionToken<MailerService>>()
  })

  it('settings accept everything that createTransport accepts', () => {
    expectTypeOf<SmtpSettings | SMTPTransportOptions | SMTPPoolOptions | string | undefined>().toExtend<
      PosternModuleOptions['settings']
    >()
  })

  it('a factory receives its injections and must return options', () => {
    expectTypeOf(
      PosternModule.forRootAsync({ name: 'a', isGlobal: true, inject: ['URL'], useFactory }),
    ).toEqualTypeOf<DynamicModule>()
    expectTypeOf(PosternModule.forRoot()).toEqualTypeOf<DynamicModule>()
    // @ts-expect-error -- `startup` has no such value.
    void (() => PosternModule.forRoot({ startup: 'eager' }))
    // @ts-expect-error -- The option is `settings`.
    void (() => PosternModule.forRoot({ setting: {} }))
    // @ts-expect-error -- A string is not the options.
    void (() => PosternModule.forRootAsync({ useFactory: () => 'smtp://smtp.example.com' }))
    // @ts-expect-error -- The class has no createPosternOptions.
    void (() => PosternModule.forRootAsync({ useClass: Date }))
  })

  it('isHealthy returns a Terminus result with the given key', () => {
    expectTypeOf(check).returns.resolves.toEqualTypeOf<HealthIndicatorResult<'smtp'>>()
  })
})
