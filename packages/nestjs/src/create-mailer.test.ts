import { SettingsError } from '@postern/core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { boot } from '../test/boot.ts'
import { PosternModule, type PosternModuleOptions, PosternOptionsError } from './index.ts'
import { createMailer } from './create-mailer.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

const settings = { host: 'smtp.example.com' }

describe('invalid options stop the boot', () => {
  it.each([
    ['settings.host (SMTP_HOST)', { settings: { host: 'no host' } }],
    ['settings.port (SMTP_PORT)', { settings: { ...settings, port: 70_000 } }],
    [
      'settings.auth (SMTP_USER)',
      { settings: { ...settings, auth: { user: 'ada', pass: '1', accessToken: '2' } } },
    ],
    [
      'settings.policy.implicitTls (SMTP_IMPLICIT_TLS)',
      { settings: { ...settings, policy: { implicitTls: 'always' } } },
    ],
    ['settings.candidates', { settings: { ...settings, candidates: [] } }],
    ['settings.hots', { settings: { ...settings, hots: 'smtp.example.com' } }],
    ['settings.opportunisticTLS', { settings: { ...settings, opportunisticTLS: true } }],
    ['settings.tls.secureContext', { settings: { ...settings, tls: { secureContext: {} } } }],
    ['startup', { settings, startup: 'eager' }],
    ['shutdownTimeout', { settings, shutdownTimeout: -1 }],
    ['shutdownTimeout', { settings, shutdownTimeout: Infinity }],
    ['healthTtl', { settings, healthTtl: '30s' }],
    ['healthTtl', { settings, healthTtl: 0 }],
    ['transport', { settings, transport: 'pool' }],
    ['transport.ignoreTLS', { settings, transport: { ignoreTLS: true } }],
    ['setting', { settings, setting: {} }],
  ])('and the error lists %s', async (listed, options) => {
    const error = await optionsError(options)
    expect(error.message).toContain(`\n- ${listed}: `)
    expect(SettingsError.isInstance(error)).toBe(true)
  })

  it("but nodemailer's own options and a function for a token are valid", () => {
    const oauth2 = { type: 'OAuth2', user: 'ada', clientId: 'app', clientSecret: 'x', refreshToken: 'y' }
    const validSettings = [{ auth: oauth2 }, { servername: 'mail.example.com' }, { auth: { user: 'ada', accessToken: () => 'a token' } }]
    for (const more of validSettings) {
      const all = { ...settings, ...more }
      const { mailer, options } = createMailer({ settings: all }, undefined)
      expect([options.settings, mailer.endpoint]).toEqual([all, undefined])
    }
  })

  it.each([
    ['settings.host (SMTP_HOST)', {}],
    ['settings.port (SMTP_PORT)', { SMTP_HOST: 'smtp.example.com', SMTP_PORT: 'submission' }],
    ['settings.security (SMTP_SECURITY)', { SMTP_HOST: 'smtp.example.com', SMTP_SECURITY: 'maybe' }],
    ['settings.url (SMTP_URL)', { SMTP_URL: 'https://smtp.example.com' }],
  ])('and the error lists %s from the environment', async (listed, env) => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
    expect((await optionsError(undefined)).message).toContain(`\n- ${listed}: `)
  })

  it('and the error lists all of them with the name of the mailer, also in its stack', async () => {
    const wrong = { settings: { host: '', port: 0 }, startup: 'never' } as unknown as PosternModuleOptions
    const error = await optionsError({ ...wrong, name: 'newsletter' })
    expect(error.issues.map(({ path }) => path)).toEqual(['startup', 'settings.host', 'settings.port'])
    expect(error.issues[1]?.variable).toBe('SMTP_HOST')
    expect(error.message).toContain('"newsletter"')
    expect(error.stack).toContain(error.message)
  })

  it('and the error speaks the language of the transport', async () => {
    const error = await optionsError({ settings: { host: 'smtp.example.com:587', ignoreTLS: true }, transport: { locale: 'de' }, startup: 'never' })
    expect(error.message.split('\n')).toEqual([
      'PosternModule kann den Mailer nicht erzeugen. Diese Optionen oder ihre Umgebungsvariablen berichtigen:',
      '- startup: muss "background", "ready" oder "lazy" sein.',
      expect.stringMatching(/^- settings\.ignoreTLS: würde Anmeldung und Nachrichten unverschlüsselt senden\./),
      '- settings.host (SMTP_HOST): Der Host enthält den Port. Beides getrennt angeben: host: "smtp.example.com", port: 587.',
    ])
    expect(error.issues.at(-1)?.suggestion).toEqual({ host: 'smtp.example.com', port: 587 })
    vi.stubEnv('SMTP_USER', 'ada')
    vi.stubEnv('SMTP_HOST', 'smtp.example.com')
    expect((await optionsError({ transport: { locale: 'de' } })).message).toContain('(SMTP_PASS): ist nicht gesetzt oder leer.')
  })

  it('and the error contains no secret', async () => {
    const error = await optionsError({ settings: { host: 'no host', auth: { user: 'ada', pass: 'se\ncret' } } })
    expect(error.message).toContain('settings.auth.pass (SMTP_PASS)')
    expect(`${error.stack}${JSON.stringify(error)}`).not.toMatch(/se\n?cret/)
  })

  it('also from a factory, or when it returns nothing', async () => {
    const wrong = PosternModule.forRootAsync({
      useFactory: () => ({ settings, startup: 'soon' }) as unknown as PosternModuleOptions,
    })
    await expect(boot({ imports: [wrong] })).rejects.toThrow('- startup: should be "background", "ready" or "lazy".')
    const nothing = PosternModule.forRootAsync({ useFactory: () => undefined as unknown as PosternModuleOptions })
    await expect(boot({ imports: [nothing] })).rejects.toThrow('- options: should be an object')
  })
})

it('applies defaults, also for undefined', () => {
  const options: PosternModuleOptions = { settings, startup: undefined, shutdownTimeout: undefined }
  expect(createMailer(options, undefined).options).toMatchObject({ settings, startup: 'background', shutdownTimeout: 10_000 })
})

async function optionsError(options: object | undefined): Promise<PosternOptionsError> {
  const error: unknown = await boot({ imports: [PosternModule.forRoot(options as PosternModuleOptions)] }).catch(
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(PosternOptionsError)
  return error as PosternOptionsError
}
