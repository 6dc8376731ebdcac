import nodemailer, { type SendMailOptions, type SentMessageInfo, type SMTPSentMessageInfo, type Transport, type Transporter as NodemailerTransporter } from 'nodemailer'
import * as core from '@postern/core'
import type { Attempt, Endpoint, HealthReport, NoUsableEndpointError, SelectorChange } from '@postern/core'
import { describe, expect, expectTypeOf, it, onTestFinished, vi } from 'vitest'
import * as names from './index.ts'
import postern from './index.ts'

describe('the public names', () => {
  it('are these', () => {
    expect(Object.keys(names).sort()).toEqual([
      'DeliveryError',
      'NoUsableEndpointError',
      'SettingsError',
      'createTransport',
      'default',
      'retryAdvice',
      'submissionTransport',
    ])
  })

  it('replace nodemailer’s default import', () => {
    expect(Object.keys(postern)).toEqual(Object.keys(nodemailer))
    expect(postern.createTransport).toBe(names.createTransport)
    expectTypeOf(postern.createTransport).toEqualTypeOf<typeof names.createTransport>()
    // Tests of apps mock nodemailer like this.
    const made = vi.spyOn(postern, 'createTransport')
    onTestFinished(() => made.mockRestore())
    postern.createTransport({ host: 'smtp.example.com', port: 587, secure: false, pool: true }).close()
    expect(made).toHaveBeenCalledOnce()
  })

  it('include the errors of core, which an app with pnpm cannot import without a dependency', () => {
    expect(names.SettingsError).toBe(core.SettingsError)
    expect(names.NoUsableEndpointError).toBe(core.NoUsableEndpointError)
    expect(() => postern.createTransport({ host: '' })).toThrow(names.SettingsError)
  })

  it('include nodemailer’s types', () => {
    expectTypeOf<names.SendMailOptions>().toEqualTypeOf<SendMailOptions>()
    expectTypeOf<names.SentMessageInfo>().toEqualTypeOf<SentMessageInfo>()
    expectTypeOf<names.SMTPSentMessageInfo>().toEqualTypeOf<SMTPSentMessageInfo>()
    expectTypeOf<names.SMTPTransportOptions>().toExtend<names.SubmissionSettings>()
    expectTypeOf<names.SMTPPoolOptions>().toExtend<names.SubmissionSettings>()
    expectTypeOf<names.SendMailOptions>().toExtend<Parameters<names.Transporter['sendMail']>[0]>()
  })

  it('create a Transporter with nodemailer’s type', () => {
    const mailer = names.createTransport({ host: 'smtp.example.com' })
    expectTypeOf(mailer).toExtend<NodemailerTransporter<SMTPSentMessageInfo>>()
    expectTypeOf(mailer).toExtend<NodemailerTransporter>()
    expectTypeOf(mailer).toExtend<names.Transporter<names.SMTPPoolSentMessageInfo, names.SMTPPoolOptions>>()
    expectTypeOf(mailer).toExtend<names.Transporter<SentMessageInfo, names.TransportOptions>>()
    const send = () => mailer.sendMail({})
    expectTypeOf(send).returns.toEqualTypeOf<Promise<SMTPSentMessageInfo>>()
    expectTypeOf(mailer.ready).returns.toEqualTypeOf<Promise<Endpoint>>()
    expectTypeOf(mailer.examine).returns.toEqualTypeOf<Promise<Endpoint>>()
    expectTypeOf(mailer.settled).returns.toEqualTypeOf<Promise<void>>()
    expectTypeOf(mailer.health).returns.toEqualTypeOf<Promise<HealthReport>>()
    expectTypeOf(mailer.state).returns.toEqualTypeOf<names.TransportState>()
    expectTypeOf(mailer.state().rungs[0]!.nextCheckAt).toEqualTypeOf<Date | undefined>()
    expectTypeOf(mailer.metrics).returns.toEqualTypeOf<names.TransportMetrics>()
    expectTypeOf(mailer.metrics()).toExtend<names.PoolState>()
    expectTypeOf(mailer.endpoint).toEqualTypeOf<Endpoint | undefined>()
    mailer.on('attempt', (attempt) => expectTypeOf(attempt).toEqualTypeOf<Attempt>())
    mailer.on('connecting', (endpoint) => expectTypeOf(endpoint).toEqualTypeOf<Endpoint>())
    mailer.on('fallback', (change) => expectTypeOf(change).toEqualTypeOf<SelectorChange>())
    mailer.on('outcome', (message) => expectTypeOf(message).toEqualTypeOf<names.MessageOutcome>())
    mailer.once('exhausted', (error) => expectTypeOf(error).toEqualTypeOf<NoUsableEndpointError>())
    expect(mailer).toBeInstanceOf(nodemailer.createTransport({}).constructor)
    mailer.close()
  })

  it('create a plug-in with nodemailer’s type', () => {
    const transport = names.submissionTransport('smtp://smtp.example.com')
    expectTypeOf(transport).toExtend<Transport<SMTPSentMessageInfo>>()
    expectTypeOf(nodemailer.createTransport(transport)).toExtend<NodemailerTransporter<SMTPSentMessageInfo>>()
    expect(transport).toMatchObject({ name: 'Postern', supportsAbortSignal: true })
    transport.close()
  })

  it('reject unknown settings at compile time', () => {
    expectTypeOf(console).toExtend<NonNullable<names.SubmissionOptions['logger']>>()
    // @ts-expect-error -- a host is needed
    expect(() => names.createTransport({ auth: { user: 'a', pass: 'b' }, nonsense: true })).toThrow('host')
    // @ts-expect-error -- milliseconds
    expect(() => names.createTransport('smtp://smtp.example.com', { deadline: '30 s' })).toThrow('deadline')
  })

  it('recognise their error across copies of the package', () => {
    const failure = { code: 'aborted', stage: 'connect', message: 'Off.', advice: 'On.' } as const
    const error = new names.DeliveryError({ failure, attempts: [], delivery: 'not-accepted', retryable: true })
    expect(names.DeliveryError.isInstance(error)).toBe(true)
    const stranger = Object.defineProperty(new Error('x'), Symbol.for('postern.error.DeliveryError'), { value: true })
    expect(names.DeliveryError.isInstance(stranger)).toBe(true)
    for (const other of [new Error('x'), undefined, null, 'DeliveryError', {}]) expect(names.DeliveryError.isInstance(other)).toBe(false)
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({ code: 'aborted', delivery: 'not-accepted', retryable: true, advice: 'On.' })
  })
})
