import { describe, expect, it } from 'vitest'
import { thrownBy } from '../../test/thrown-by.ts'
import { settingsFromEnv } from './from-env.ts'
import { SettingsError } from './settings-error.ts'

const host = 'smtp.example.com'

function pathsOf(env: Record<string, string>): string[] {
  const error = thrownBy(() => settingsFromEnv(env))
  if (SettingsError.isInstance(error)) return error.issues.map(({ path }) => path).sort()
  return expect.unreachable('it took them')
}

describe('settings from the environment', () => {
  it('are read from every variable', () => {
    expect(
      settingsFromEnv({
        SMTP_HOST: host,
        SMTP_PORT: '2525',
        SMTP_SECURITY: 'starttls',
        SMTP_USER: 'ada',
        SMTP_PASS: 'x',
        SMTP_CLIENT_NAME: 'app.example.com',
        SMTP_TLS_SERVERNAME: 'mail.example.com',
        SMTP_TLS_MIN_VERSION: 'TLSv1.3',
        SMTP_TLS_REJECT_UNAUTHORIZED: '1',
        SMTP_IMPLICIT_TLS: 'never',
        SMTP_ALLOW_PORT_25: 'yes',
        SMTP_ALLOW_CLEARTEXT: 'never',
      }),
    ).toEqual({
      host,
      port: 2525,
      security: 'starttls',
      auth: { user: 'ada', pass: 'x' },
      clientName: 'app.example.com',
      tls: { servername: 'mail.example.com', minVersion: 'TLSv1.3', rejectUnauthorized: true },
      policy: { implicitTls: 'never', allowPort25: true, allowCleartext: 'never' },
    })
  })

  it('are read from other common names as well', () => {
    expect(settingsFromEnv({ SMTP_HOST: host, SMTP_ENCRYPTION: 'ssl', SMTP_USERNAME: 'ada', SMTP_PASSWORD: 'x' })).toEqual({
      host,
      security: 'implicit',
      auth: { user: 'ada', pass: 'x' },
    })
    expect(settingsFromEnv({ SMTP_HOST: host, SMTP_SECURE: 'true', SMTP_USER: 'ada', SMTP_ACCESS_TOKEN: 't' })).toEqual({
      host,
      security: 'implicit',
      auth: { user: 'ada', accessToken: 't' },
    })
  })

  it('come from a URL, over which single variables take precedence', () => {
    expect(settingsFromEnv({ SMTP_URL: 'smtp://ada@old.example.com:25', SMTP_HOST: host, SMTP_PASS: 'x' })).toEqual({
      host,
      port: 25,
      auth: { user: 'ada', pass: 'x' },
    })
  })

  it('ignore empty variables', () => {
    expect(settingsFromEnv({ SMTP_HOST: host, SMTP_URL: '', SMTP_PORT: '', SMTP_USER: '', SMTP_PASS: '' })).toEqual({ host })
  })

  it('are reported missing with the variable to set', () => {
    expect(pathsOf({})).toEqual(['SMTP_HOST'])
    expect(pathsOf({ SMTP_PORT: '587' })).toEqual(['SMTP_HOST'])
  })

  it.each<[Record<string, string>, string[]]>([
    [{ SMTP_HOST: 'a b', SMTP_PORT: 'x' }, ['SMTP_HOST', 'SMTP_PORT']],
    [{ SMTP_HOST: host, SMTP_SECURE: 'perhaps' }, ['SMTP_SECURE']],
    [{ SMTP_HOST: host, SMTP_ENCRYPTION: 'perhaps' }, ['SMTP_ENCRYPTION']],
    [{ SMTP_HOST: host, SMTP_PASS: 'x' }, ['SMTP_USER']],
    [{ SMTP_HOST: host, SMTP_PASSWORD: 'x\ny', SMTP_USERNAME: 'a' }, ['SMTP_PASSWORD']],
    [{ SMTP_HOST: host, SMTP_TLS_CA: 'nonsense', SMTP_ALLOW_PORT_25: 'perhaps' }, ['SMTP_ALLOW_PORT_25', 'SMTP_TLS_CA']],
    [{ SMTP_URL: 'http://example.com' }, ['SMTP_URL']],
    [{ SMTP_URL: 'smtp://a b', SMTP_PORT: 'x' }, ['SMTP_PORT', 'SMTP_URL', 'SMTP_URL']],
  ])('that are invalid (%o) are reported with their variables: %o', (env, paths) => {
    expect(pathsOf(env)).toEqual(paths)
  })

  it('are read from the process by default', () => {
    const before = process.env.SMTP_HOST
    process.env.SMTP_HOST = host
    try {
      expect(settingsFromEnv().host).toBe(host)
    } finally {
      if (before === undefined) delete process.env.SMTP_HOST
      else process.env.SMTP_HOST = before
    }
  })
})
