import express5, { type RequestHandler } from 'express'
import express4 from 'express4'
import { afterEach, describe, expect, expectTypeOf, it } from 'vitest'
import { listen } from '../test/listen.ts'
import { smtpHealth, smtpLiveness, smtpSettingsCheck, type SmtpSettingsCheckOptions } from './index.ts'

const authorize = () => true
const nobody = () => {
  throw new Error('who is that?')
}

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
    { rate: { checks: '5' as never } },
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
    for (const one of before) app.use(one)
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

  it('takes a body that the app has parsed before', async () => {
    const ask = await serve({}, [express.json()])
    expect(await ask({ settings })).toMatchObject({ status: 200, json: { ok: true } })
    expect(await ask({ settings, echo: 1 })).toMatchObject({ status: 422, json: { code: 'wrong-request' } })
    expect(await ask({ settings, echo: 'x'.repeat(50_000) })).toMatchObject({ status: 413, json: { code: 'too-large' } })
  })

  it.each([
    ['long', `"${'x'.repeat(40_000)}"`],
    ['deep', `${'['.repeat(20_000)}${']'.repeat(20_000)}`],
  ])('takes one that came in chunks and is too %s for too large', async (_, value) => {
    const ask = await serve({}, [express.json()])
    const chunks = new Blob([`{"settings": {"host": ${value}}}`]).stream()
    expect(await ask(chunks)).toMatchObject({ status: 413, json: { code: 'too-large' } })
  })

  it('takes a limit that is left out, or has no end, for what it says', async () => {
    const ask = await serve({ rate: { checks: 2 }, bodyTimeout: Infinity })
    expect([await ask({ settings }), await ask({ settings }), await ask({ settings })].map(({ status }) => status)).toEqual([200, 200, 429])
  })

  it.each<[what: string, onError: (tell: () => void) => unknown]>([
    ['and tells', (tell) => tell()],
    [
      'and outlives who cannot be told',
      (tell) => {
        tell()
        throw new Error('the log is full')
      },
    ],
    [
      'and outlives who fails to note it later',
      (tell) => {
        tell()
        return Promise.reject(new Error('the log is full'))
      },
    ],
  ])('answers what should not happen as every problem, %s', async (_, onError) => {
    let told: unknown
    const ask = await serve({ caller: nobody, onError: (error) => onError(() => void (told = error)) })
    const { status, json } = await ask({ settings })
    expect(json).toEqual({ type: 'urn:postern:problem:unexpected', title: expect.any(String), status: 500, code: 'unexpected' })
    expect([status, (told as Error).message]).toEqual([500, 'who is that?'])
  })

  it('tells of a source that cannot say how the mail is, when the route is made', () => {
    expect(() => smtpHealth({ sendMail: () => {}, verify: () => {} } as never)).toThrow(/@postern\/nodemailer/)
  })
})
