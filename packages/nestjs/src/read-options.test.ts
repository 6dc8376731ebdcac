import { SettingsError } from '@postern/core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { boot } from '../test/boot.ts'
import { PosternModule, type PosternModuleOptions, PosternOptionsError } from './index.ts'
import { readOptions } from './read-options.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

const settings = { host: 'smtp.example.com' }

describe('a wrong option stops the boot', () => {
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
  ])('%s is named', async (named, options) => {
    const error = await failing(options)
    expect(error.message).toContain(`\n- ${named}: `)
    expect(SettingsError.isInstance(error)).toBe(true)
  })

  it("nodemailer's own options do not, and neither does a secret that a function gives", () => {
    const oauth2 = { type: 'OAuth2', user: 'ada', clientId: 'app', clientSecret: 'x', refreshToken: 'y' }
    const given = [{ auth: oauth2 }, { servername: 'mail.example.com' }, { auth: { user: 'ada', accessToken: () => 'a token' } }]
    for (const more of given) {
      const all = { ...settings, ...more }
      const { mailer, options } = readOptions({ settings: all }, undefined)
      expect([options.settings, mailer.endpoint]).toEqual([all, undefined])
    }
  })

  it.each([
    ['settings.host (SMTP_HOST)', {}],
    ['settings.port (SMTP_PORT)', { SMTP_HOST: 'smtp.example.com', SMTP_PORT: 'submission' }],
    ['settings.security (SMTP_SECURITY)', { SMTP_HOST: 'smtp.example.com', SMTP_SECURITY: 'maybe' }],
    ['settings.url (SMTP_URL)', { SMTP_URL: 'https://smtp.example.com' }],
  ])('%s is named where it comes from the environment', async (named, env) => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
    expect((await failing(undefined)).message).toContain(`\n- ${named}: `)
  })

  it('all of them at once, with the name of the mailer, and in what Nest prints', async () => {
    const wrong = { settings: { host: '', port: 0 }, startup: 'never' } as unknown as PosternModuleOptions
    const error = await failing({ ...wrong, name: 'newsletter' })
    expect(error.issues.map(({ path }) => path)).toEqual(['startup', 'settings.host', 'settings.port'])
    expect(error.issues[1]?.variable).toBe('SMTP_HOST')
    expect(error.message).toContain('"newsletter"')
    expect(error.stack).toContain(error.message)
  })

  it('and no secret is in it', async () => {
    const error = await failing({ settings: { host: 'no host', auth: { user: 'ada', pass: 'se\ncret' } } })
    expect(error.message).toContain('settings.auth.pass (SMTP_PASS)')
    expect(`${error.stack}${JSON.stringify(error)}`).not.toMatch(/se\n?cret/)
  })

  it('also one that a factory returns, or forgets to', async () => {
    const wrong = PosternModule.forRootAsync({
      useFactory: () => ({ settings, startup: 'soon' }) as unknown as PosternModuleOptions,
    })
    await expect(boot({ imports: [wrong] })).rejects.toThrow('- startup: should be "background", "ready" or "lazy".')
    const nothing = PosternModule.forRootAsync({ useFactory: () => undefined as unknown as PosternModuleOptions })
    await expect(boot({ imports: [nothing] })).rejects.toThrow('- options: should be an object')
  })
})

it('what is left out has its default, also if it is given as undefined', () => {
  const given: PosternModuleOptions = { settings, startup: undefined, shutdownTimeout: undefined }
  expect(readOptions(given, undefined).options).toMatchObject({ settings, startup: 'background', shutdownTimeout: 10_000 })
})

async function failing(options: object | undefined): Promise<PosternOptionsError> {
  const error: unknown = await boot({ imports: [PosternModule.forRoot(options as PosternModuleOptions)] }).catch(
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(PosternOptionsError)
  return error as PosternOptionsError
}
