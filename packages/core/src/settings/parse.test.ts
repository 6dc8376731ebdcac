import { format, inspect } from 'node:util'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ca } from '../../test/certificates.ts'
import { thrownBy } from '../../test/thrown-by.ts'
import { isLoopback, planEndpoints } from '../policy.ts'
import { parseSettings } from './parse.ts'
import { SettingsError } from './settings-error.ts'
import type { SmtpSettings } from './settings.ts'

const host = 'smtp.example.com'
const auth = { user: 'ada@example.com', pass: 'hunter2-kumquat' }

function errorOf(input: unknown): SettingsError {
  const error = thrownBy(() => parseSettings(input))
  if (SettingsError.isInstance(error)) return error
  return expect.unreachable(`it took ${inspect(input)}, or threw ${inspect(error)}`)
}

const pathsOf = (input: unknown) => errorOf(input).issues.map(({ path }) => path).sort()

describe('an object', () => {
  it('in the canonical form stays as it is', () => {
    const settings: SmtpSettings = {
      host,
      port: 587,
      security: 'starttls',
      auth,
      tls: { ca, servername: 'mail.example.com', minVersion: 'TLSv1.3', rejectUnauthorized: true },
      clientName: 'app.example.com',
      candidates: [{ port: 2587, security: 'starttls' }],
      policy: { implicitTls: 'never', allowPort25: true, allowCleartext: 'never' },
    }
    expect(parseSettings(settings)).toEqual(settings)
  })

  it('that has been read once reads the same again', () => {
    const once = parseSettings({ host, port: '465', username: 'ada', password: 'x', secure: true })
    expect(parseSettings(once)).toEqual(once)
  })

  it.each<[what: string, given: Record<string, unknown>, settings: Partial<SmtpSettings>]>([
    ['secure: true', { port: 465, secure: true }, { port: 465, security: 'implicit' }],
    ['secure: false on a port', { port: 587, secure: false }, { port: 587, security: 'starttls' }],
    ['secure: false without a port, which says nothing', { secure: false }, {}],
    ['requireTLS', { requireTLS: true }, { security: 'starttls' }],
    ['ignoreTLS', { ignoreTLS: true }, { security: 'none' }],
    ['a name for EHLO', { name: 'app.example.com' }, { clientName: 'app.example.com' }],
    ['auth with a type', { auth: { type: 'login', ...auth } }, { auth }],
    ['options that are its own', { pool: true, logger: true, connectionTimeout: 1, dkim: {}, proxy: 'socks://x' }, {}],
    ['TLS options of Node', { tls: { ecdhCurve: 'auto', rejectUnauthorized: false } }, { tls: { ecdhCurve: 'auto', rejectUnauthorized: false } }],
    ['a security that is named, over secure', { security: 'starttls', secure: true }, { security: 'starttls' }],
  ])('in the form of nodemailer may have %s', (_what, given, settings) => {
    expect(parseSettings({ host, ...given })).toEqual({ host, ...settings })
  })

  it.each<[what: string, given: Record<string, unknown>, settings: Partial<SmtpSettings>]>([
    ['a port in words', { port: ' 587 ' }, { port: 587 }],
    ['empty fields, which are fields not given', { port: '', security: '', username: '', password: '', clientName: '', url: '' }, {}],
    ['null for a field not given', { port: null, auth: null, tls: null, security: null }, {}],
    ['user and password at the top', { username: 'ada', password: 'x' }, { auth: { user: 'ada', pass: 'x' } }],
    ['a token', { user: 'ada', token: 'x' }, { auth: { user: 'ada', accessToken: 'x' } }],
    ['encryption "tls", which is STARTTLS', { encryption: 'tls' }, { security: 'starttls' }],
    ['encryption "SSL", which is implicit TLS', { encryption: 'SSL' }, { security: 'implicit' }],
    ['encryption "none"', { encryption: 'none' }, { security: 'none' }],
    ['encryption "auto"', { encryption: 'auto' }, {}],
    ['switches in words', { secure: 'on', port: '465' }, { port: 465, security: 'implicit' }],
  ])('in the form of a form may have %s', (_what, given, settings) => {
    expect(parseSettings({ server: host, ...given })).toEqual({ host, ...settings })
  })

  it.each(['smtp.example.com', 'localhost', 'mail_relay.internal', '192.0.2.1', '2001:db8::1', 'smtp.example.com.', 'xn--bcher-kva.example'])(
    'may name the host %s',
    (host) => {
      expect(parseSettings({ host })).toEqual({ host })
    },
  )

  it.each(['', ' ', 'smtp.example.com:587', 'smtp://smtp.example.com', 'a b', 'a/b', '[::1]', '-a.example', 'a..b', 'x'.repeat(64), 'ü.example', 'a\r\nb', 'a\0b', 42, {}, ['a']])(
    'may not name the host %j',
    (host) => {
      expect(pathsOf({ host })).toEqual(['host'])
    },
  )

  it('is rejected with every issue, by path', () => {
    expect(
      pathsOf({
        port: 0,
        security: 'maybe',
        auth: { pass: 'x' },
        tls: { ca: 'nonsense', minVersion: 'TLSv1', rejectUnauthorized: 'perhaps' },
        clientName: 'not a name',
        candidates: [{ port: 587, security: 'starttls' }, { port: 70_000, security: 'x' }, { port: 25 }],
        policy: { implicitTls: 'always', allowPort25: 5, allowCleartext: true },
        hots: 'typo',
      }),
    ).toEqual(
      [
        'hots',
        'host',
        'port',
        'security',
        'auth.user',
        'tls.ca',
        'tls.minVersion',
        'tls.rejectUnauthorized',
        'clientName',
        'candidates.1.port',
        'candidates.1.security',
        'candidates.2.security',
        'policy.implicitTls',
        'policy.allowPort25',
        'policy.allowCleartext',
      ].sort(),
    )
  })

  it.each([
    ['auth', { auth: { user: 'a' } }],
    ['auth', { auth: { user: 'a', pass: 'b', accessToken: 'c' } }],
    ['auth.pass', { auth: { user: 'a', pass: 42 } }],
    ['auth.name', { auth: { user: 'a', pass: 'b', name: 'c' } }],
    ['user', { user: 'a', username: 'b', pass: 'c' }],
    ['username', { username: 'b', user: 'a', pass: 'c' }],
    ['secure', { secure: 'perhaps' }],
    ['secure', { secure: 'constructor' }],
    ['requireTLS', { requireTLS: 'perhaps' }],
    ['ignoreTLS', { ignoreTLS: 1 }],
    ['candidates', { candidates: [] }],
    ['candidates.0.host', { candidates: [{ host: 'x', port: 1, security: 'starttls' }] }],
    ['tls.verify', { tls: { verify: false } }],
  ])('is rejected for %s with %o', (path, given) => {
    expect(pathsOf({ host, ...given }).every((found) => found === path || found.startsWith('user'))).toBe(true)
    expect(pathsOf({ host, ...given })).not.toEqual([])
  })

  it.each(['\r\n', '\n', '\r', '\0', '\u007f', '\u0085', '\u2028', '\ud800'])('may not have %j in a login, host or EHLO name', (character) => {
    const bad = `a${character}b`
    expect(pathsOf({ host: bad, clientName: bad, auth: { user: bad, pass: bad }, tls: { servername: bad } })).toEqual(
      ['auth.pass', 'auth.user', 'clientName', 'host', 'tls.servername'].sort(),
    )
    expect(pathsOf({ host, auth: { user: 'a', accessToken: bad } })).toEqual(['auth.accessToken'])
  })

  it('is rejected with keys like __proto__, without side effects', () => {
    const input: unknown = JSON.parse('{"host":"a.example","__proto__":{"polluted":1},"tls":{"__proto__":{"rejectUnauthorized":false}},"constructor":1}')
    const { issues } = errorOf(input)
    expect(issues.map(({ path }) => path)).toEqual(expect.arrayContaining(['__proto__', 'constructor']))
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })

  it.each([undefined, null, 42, true, [], 'not a url', () => {}, Symbol('x')])('is required, not %s', (input) => {
    expect(errorOf(input).issues).toHaveLength(1)
  })
})

describe('a URL', () => {
  it.each<[url: string, settings: SmtpSettings]>([
    ['smtp://smtp.example.com', { host }],
    ['smtp://smtp.example.com:2525/', { host, port: 2525 }],
    ['smtps://smtp.example.com', { host, security: 'implicit' }],
    ['smtp+starttls://smtp.example.com', { host, security: 'starttls' }],
    ['submission://smtp.example.com', { host, security: 'starttls' }],
    ['submissions://smtp.example.com:465', { host, port: 465, security: 'implicit' }],
    ['smtp://ada%40example.com:p%40ss%3A%2F%3F%23%25@smtp.example.com', { host, auth: { user: 'ada@example.com', pass: 'p@ss:/?#%' } }],
    ['smtp://ada:p%C3%A4ss@smtp.example.com', { host, auth: { user: 'ada', pass: 'päss' } }],
    ['smtp://[2001:db8::1]:587', { host: '2001:db8::1', port: 587 }],
    ['smtp://smtp.example.com?secure=true', { host, security: 'implicit' }],
    ['smtp://smtp.example.com?tls.servername=mail.example.com&tls.rejectUnauthorized=false', { host, tls: { servername: 'mail.example.com', rejectUnauthorized: false } }],
    ['smtp://smtp.example.com?policy.allowPort25=true&clientName=app.example.com&pool=true', { host, policy: { allowPort25: true }, clientName: 'app.example.com' }],
  ])('%s', (url, settings) => {
    expect(parseSettings(url)).toEqual(settings)
    expect(parseSettings(new URL(url))).toEqual(settings)
    expect(parseSettings({ url })).toEqual(settings)
  })

  it('yields to single settings, value by value', () => {
    expect(parseSettings({ url: 'smtp://ada:old@old.example.com:25?tls.servername=a.example', host, auth: { pass: 'new' }, tls: { minVersion: 'TLSv1.3' } })).toEqual({
      host,
      port: 25,
      auth: { user: 'ada', pass: 'new' },
      tls: { servername: 'a.example', minVersion: 'TLSv1.3' },
    })
  })

  it.each<[url: string, paths: string[]]>([
    ['http://smtp.example.com', ['']],
    ['smtp.example.com', ['']],
    ['smtp://', ['host']],
    ['smtp://smtp.example.com/inbox', ['']],
    ['smtp://smtp.example.com#x', ['']],
    ['smtp://ada:100%@smtp.example.com', ['auth.pass']],
    ['smtp://ada:a%0D%0Ab@smtp.example.com', ['auth.pass']],
    ['smtp://ada@smtp.example.com', ['auth.pass']],
    ['smtp://smtp.example.com:0', ['port']],
    ['smtp://smtp.example.com?unknown=1', ['unknown']],
    ['smtp://smtp.example.com?__proto__.x=1', ['__proto__']],
    ['smtp://smtp.example.com?tls.__proto__=1', ['tls.__proto__']],
    ['smtp://smtp%0d%0a.example.com', ['host']],
  ])('%s is rejected with %o', (url, paths) => {
    expect(pathsOf(url).filter((path) => path !== 'host' || paths.includes('host'))).toEqual(paths)
  })

  it('may have any user and password, percent-encoded', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).filter((text) => !/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(text))
    fc.assert(
      fc.property(text, text, (user, pass) => {
        const url = `smtp://${encodeURIComponent(user)}:${encodeURIComponent(pass)}@smtp.example.com`
        expect(parseSettings(url).auth).toEqual({ user, pass })
      }),
    )
  })

  it('with a very deep key is rejected', () => {
    expect(pathsOf(`smtp://smtp.example.com?${'a.'.repeat(50_000)}=1`)).toEqual(['a'])
  })
})

describe('a secret', () => {
  const secrets = [{ user: 'ada', pass: 'hunter2-kumquat' }, { user: 'ada', accessToken: 'hunter2-kumquat' }]

  it.each(secrets)('is hidden when settings are printed (%#)', (auth) => {
    const settings = parseSettings({ host, auth })
    const shown = [
      JSON.stringify(settings),
      JSON.stringify({ ...settings }),
      inspect(settings),
      inspect({ deep: { settings } }, { depth: 10, showHidden: true }),
      inspect(settings, { compact: false, colors: true }),
      format('%s %o %O %j', settings, settings, settings.auth, settings.auth),
      JSON.stringify(settings.auth),
    ]
    for (const text of shown) expect(text).not.toContain('kumquat')
    expect(shown[0]).toContain('[hidden]')
    expect(shown[0]).toContain('ada')
  })

  it.each(secrets)('can be read (%#)', (auth) => {
    expect({ ...parseSettings({ host, auth }).auth }).toEqual(auth)
  })

  it.each<[string, unknown]>([
    ['a password with a control character', { host, auth: { user: 'a', pass: 'kumquat\n' } }],
    ['a password where a port belongs', { host, port: 'kumquat' }],
    ['a password where the host belongs', { host: 'kum quat' }],
    ['a password with a bare ? in a URL', 'smtp://ada:12?kumquat@smtp.example.com'],
    ['a password with a bare ? and = in a URL', 'smtp://ada:12?kumquat=1@smtp.example.com'],
    ['a password with a bare # in a URL', 'smtp://ada:12#kumquat@smtp.example.com'],
    ['a password with a bare / in a URL', 'smtp://ada:12/kumquat@smtp.example.com'],
    ['a password with a bare % in a URL', 'smtp://ada:kumquat%@smtp.example.com'],
    ['a URL without a scheme', 'ada:kumquat@smtp.example.com'],
    ['a URL of another scheme', 'https://ada:kumquat@smtp.example.com'],
    ['both a password and a token', { host, auth: { user: 'a', pass: 'kumquat', accessToken: 'kumquat' } }],
    ['two passwords', { host, auth: { user: 'a', pass: 'kumquat', password: 'kumquat2' } }],
    ['a password of another type', { host, auth: { user: 'a', pass: ['kumquat'] } }],
    ['auth as a string', { host, auth: 'ada:kumquat' }],
    ['a security that is a password', { host, security: 'kumquat', secure: 'kumquat', clientName: 'kumquat ' }],
  ])('is in no error: %s', (_what, input) => {
    const error = errorOf(input)
    expect(`${error.message} ${error.stack} ${JSON.stringify(error)} ${inspect(error)}`).not.toContain('kumquat')
  })
})

describe('any input', () => {
  const keys = 'host port security secure requireTLS auth user pass password tls ca servername candidates policy url clientName name __proto__ constructor toString'.split(' ')
  const leaf = fc.oneof(
    fc.constantFrom<unknown>('smtp.example.com', '587', 587, 'starttls', 'none', 'implicit', true, 'constructor', '__proto__', 'smtp://a:b@c', '\r\n', '', null),
    fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true, withSet: true, withSparseArray: true, withTypedArray: true }),
  )
  const { tree } = fc.letrec<{ tree: unknown; node: unknown }>((tie) => ({
    tree: fc.oneof({ maxDepth: 3 }, leaf, tie('node')),
    node: fc.dictionary(fc.oneof(fc.constantFrom(...keys), fc.string()), tie('tree'), { noNullPrototype: false }),
  }))

  it('throws only SettingsError', () => {
    fc.assert(
      fc.property(fc.oneof(tree, fc.anything(), fc.webUrl(), fc.string().map((text) => `smtp://${text}`)), (input) => {
        const error = thrownBy(() => parseSettings(input))
        expect(error === undefined || (SettingsError.isInstance(error) && error.issues.length > 0)).toBe(true)
      }),
      { numRuns: 250 },
    )
  })

  it('has no unencrypted rung for another machine, unless that is allowed', () => {
    const shaped = fc.record(
      {
        host: fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6(), fc.constantFrom('localhost', '127.1', '2130706433')),
        port: fc.constantFrom<unknown>(25, '587', 465, ''),
        security: fc.constantFrom('none', 'plain', 'tls', 'NONE', 'false', '', 'auto'),
        secure: fc.constantFrom<unknown>(true, false, '0', 'no'),
        ignoreTLS: fc.constantFrom<unknown>(true, 'yes', false),
        opportunisticTLS: fc.boolean(),
        candidates: fc.array(fc.record({ port: fc.constantFrom(25, 587), security: fc.constantFrom('none', 'starttls') }), { minLength: 1, maxLength: 3 }),
        policy: fc.record({ allowPort25: fc.boolean(), implicitTls: fc.constantFrom('never', 'first') }),
      },
      { requiredKeys: ['host'] },
    )
    let read = 0
    fc.assert(
      fc.property(shaped, (input) => {
        let settings: SmtpSettings
        try {
          settings = parseSettings(input)
        } catch {
          return
        }
        read += 1
        const clear = planEndpoints(settings).some(({ security }) => security === 'none')
        expect(clear && !isLoopback(settings.host)).toBe(false)
      }),
      { numRuns: 500 },
    )
    // The rule has been put to the test, and not only walked around.
    expect(read).toBeGreaterThan(100)
  })
})

describe('SettingsError', () => {
  it('is recognised when it comes from another copy of the package', () => {
    const foreign = Object.assign(new Error('x'), { [Symbol.for('postern.error.SettingsError')]: true })
    expect(SettingsError.isInstance(foreign)).toBe(true)
    for (const other of [new Error('x'), null, undefined, 'SettingsError', {}]) expect(SettingsError.isInstance(other)).toBe(false)
  })
})
