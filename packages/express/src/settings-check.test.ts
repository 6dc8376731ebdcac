import type { RequestHandler } from 'express'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { smtpHealth, smtpLiveness, smtpSettingsCheck, type SmtpSettingsCheckOptions } from './index.ts'

const authorize = () => true

describe('smtpSettingsCheck', () => {
  it.each([undefined, {}, { authorize: true }, { authorize: 'admin' }, { allow: ['10.0.0.1'] }])(
    'is not to be had without authorize: %j',
    (options) => {
      expect(() => smtpSettingsCheck(options as never)).toThrow(expect.objectContaining({ code: 'authorize-missing' }))
    },
  )

  it.each([
    { allow: ['127.1'] },
    { concurrency: 0 },
    { bodyLimit: Number.NaN },
    { bodyTimeout: -1 },
    { rate: { checks: 0, per: 1_000 } },
    { rate: { checks: 1, per: Number.NaN } },
  ])('refuses %j', (options) => {
    expect(() => smtpSettingsCheck({ authorize, ...options })).toThrow(expect.objectContaining({ code: 'invalid-settings' }))
  })

  it('has types that say so', () => {
    // @ts-expect-error authorize is missing
    const options: SmtpSettingsCheckOptions = { allow: [] }
    expect(options).toBeDefined()
    expectTypeOf(smtpSettingsCheck).returns.toEqualTypeOf<RequestHandler>()
    expectTypeOf(smtpLiveness).returns.toEqualTypeOf<RequestHandler>()
    expectTypeOf(smtpHealth).returns.toEqualTypeOf<RequestHandler>()
  })
})
