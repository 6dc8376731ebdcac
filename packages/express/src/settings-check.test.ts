import { catchUncaught } from '@postern/testing/contract'
import express5, { type RequestHandler } from 'express'
import express4 from 'express4'
import { afterEach, describe, expect, expectTypeOf, it } from 'vitest'
import { listen } from '../test/listen.ts'
import { smtpHealth, smtpLiveness, smtpSettingsCheck, type SmtpSettingsCheckOptions } from './index.ts'

const authorize = () => true
const throwingCaller = () => {
  throw new Error('unknown caller')
}

describe('smtpSettingsCheck', () => {
  it.each([undefined, {}, { authorize: true }, { authorize: 'admin' }, { allow: ['10.0.0.1'] }])(
    'throws without authorize: %j',
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
    { rate: { checks: '5' as never } },
  ])('throws for %j', (options) => {
    expect(() => smtpSettingsCheck({ authorize, ...options })).toThrow(expect.objectContaining({ code: 'invalid-settings' }))
  })

  it('requires authorize in its types', () => {
    // @ts-expect-error authorize is missing
    const options: SmtpSettingsCheckOptions = { allow: [] }
    expect(options).toBeDefined()
    expectTypeOf(smtpSettingsCheck).returns.toEqualTypeOf<RequestHandler>()
    expectTypeOf(smtpLiveness).returns.toEqualTypeOf<RequestHandler>()
    expectTypeOf(smtpHealth).returns.toEqualTypeOf<RequestHandler>()
  })
})

describe.each([
  ['Express 5', express5],
  ['Express 4', express4],
])('%s: smtpSettingsCheck', (_, express) => {
  const open: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const close of open.splice(0)) await close()
  })
  const serve = async (options: Partial<SmtpSettingsCheckOptions>, before: readonly RequestHandler[] = []) => {
    const app = express()
    for (const handler of before) app.use(handler)
    app.post('/check', smtpSettingsCheck({ authorize, ...options }))
    const { url, close } = await listen(app)
    open.push(close)
    return async (body: unknown) => {
      const response = await fetch(`${url}/check`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: body instanceof ReadableStream ? body : JSON.stringify(body),
        duplex: 'half',
      })
      return { status: response.status, json: (await response.json()) as { readonly code?: string; readonly ok?: boolean } }
    }
  }
  const settings = { host: 'smtp.example.com', username: 'ada', password: 'secret-word' }

  it('accepts a body that was already parsed', async () => {
    const post = await serve({}, [express.json()])
    expect(await post({ settings })).toMatchObject({ status: 200, json: { ok: true } })
    expect(await post({ settings, echo: 1 })).toMatchObject({ status: 422, json: { code: 'wrong-request' } })
    expect(await post({ settings, echo: 'x'.repeat(50_000) })).toMatchObject({ status: 413, json: { code: 'too-large' } })
  })

  it.each([
    ['long', `"${'x'.repeat(40_000)}"`],
    ['deep', `${'['.repeat(20_000)}${']'.repeat(20_000)}`],
  ])('rejects a parsed chunked body that is too %s', async (_, value) => {
    const post = await serve({}, [express.json()])
    const chunks = new Blob([`{"settings": {"host": ${value}}}`]).stream()
    expect(await post(chunks)).toMatchObject({ status: 413, json: { code: 'too-large' } })
  })

  it('accepts partial and infinite limits', async () => {
    const post = await serve({ rate: { checks: 2 }, bodyTimeout: Infinity })
    expect([await post({ settings }), await post({ settings }), await post({ settings })].map(({ status }) => status)).toEqual([200, 200, 429])
  })

  it.each<[what: string, after: () => unknown, uncaught: readonly string[]]>([
    ['returns', () => undefined, []],
    [
      'throws, which is an uncaught exception',
      () => {
        throw new Error('the log is full')
      },
      ['the log is full'],
    ],
    ['rejects, which is one as well', () => Promise.reject(new Error('the log is full')), ['the log is full']],
  ])('answers an unexpected error with problem details, also when onError %s', async (_, after, expected) => {
    const uncaught = catchUncaught(expected.length)
    let reported: unknown
    const post = await serve({
      caller: throwingCaller,
      onError: (error) => {
        reported = error
        return after()
      },
    })
    const { status, json } = await post({ settings })
    expect(json).toEqual({ type: 'urn:postern:problem:unexpected', title: expect.any(String), status: 500, code: 'unexpected' })
    expect([status, (reported as Error).message]).toEqual([500, 'unknown caller'])
    expect(await uncaught).toEqual(expected)
  })

  it('throws for a source without health, when the route is created', () => {
    expect(() => smtpHealth({ sendMail: () => {}, verify: () => {} } as never)).toThrow(/@postern\/nodemailer/)
  })
})
