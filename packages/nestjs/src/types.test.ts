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
  it("what is injected is nodemailer's transporter", () => {
    expectTypeOf<Transporter>().toExtend<NodemailerTransporter<SMTPSentMessageInfo, SMTPTransportOptions>>()
    expectTypeOf<RecordingMailer>().toExtend<Transporter>()
    expectTypeOf<MailerService['sendMail']>().returns.resolves.toEqualTypeOf<SMTPSentMessageInfo>()
  })

  it('decorators sit on properties and on parameters, tokens are what Nest takes', () => {
    expectTypeOf(InjectMailer).returns.toEqualTypeOf<PropertyDecorator & ParameterDecorator>()
    expectTypeOf(getMailerToken).returns.toExtend<InjectionToken>()
    expectTypeOf(getMailerServiceToken()).toExtend<InjectionToken<MailerService>>()
  })

  it('settings may be written in every way that the transport takes', () => {
    expectTypeOf<SmtpSettings | SMTPTransportOptions | SMTPPoolOptions | string | undefined>().toExtend<
      PosternModuleOptions['settings']
    >()
  })

  it('a factory is given what it injects, and has to make options', () => {
    expectTypeOf(
      PosternModule.forRootAsync({ name: 'a', isGlobal: true, inject: ['URL'], useFactory }),
    ).toEqualTypeOf<DynamicModule>()
    expectTypeOf(PosternModule.forRoot()).toEqualTypeOf<DynamicModule>()
    // @ts-expect-error -- There is no such way to start.
    void (() => PosternModule.forRoot({ startup: 'eager' }))
    // @ts-expect-error -- It is `settings`.
    void (() => PosternModule.forRoot({ setting: {} }))
    // @ts-expect-error -- No options are made.
    void (() => PosternModule.forRootAsync({ useFactory: () => 'smtp://smtp.example.com' }))
    // @ts-expect-error -- This class makes none.
    void (() => PosternModule.forRootAsync({ useClass: Date }))
  })

  it('health is what Terminus takes, under its key', () => {
    expectTypeOf(check).returns.resolves.toEqualTypeOf<HealthIndicatorResult<'smtp'>>()
  })
})
