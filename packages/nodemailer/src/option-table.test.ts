import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SettingsError } from '@postern/core'
import { createTransport } from './index.ts'

type Status = 'same' | "Postern's" | 'refused'

/** docs/nodemailer-options.md, row by row. */
const rows = [...read('../../../docs/nodemailer-options.md').matchAll(/^\| `([\w.]+)` \| (same|Postern's|refused) \| (.*)\|$/gm)].map(
  ([, option, status, how]) => ({ option: option!, status: status as Status, how: how!.trim() }),
)
const named = (prefix = '') =>
  rows.flatMap(({ option }) => (prefix ? option.startsWith(prefix) : !option.includes('.')) ? [option.slice(prefix.length)] : []).sort()

const require = createRequire(import.meta.url)
/** nodemailer's code and its types are in the same directory. */
const nodemailer = join(dirname(require.resolve('nodemailer')), '..', 'esm')

/** The fields of an interface, as its declaration has them. */
function fieldsOf(file: string, name: string): string[] {
  const body = new RegExp(`interface ${name}\\b[^{]*\\{\\n([^]*?)\\n *\\}\\n`).exec(readFileSync(file, 'utf8'))?.[1] ?? ''
  const indent = /^ +(?=\w+\??:)/m.exec(body)?.[0] ?? ''
  return [...body.matchAll(new RegExp(`^${indent}(\\w+)\\??[:(]`, 'gm'))].map(([, field]) => field!)
}

const fieldsOfAll = (...interfaces: readonly (readonly [file: string, name: string])[]) =>
  [...new Set(interfaces.flatMap(([file, name]) => fieldsOf(file, name)))].sort()

const at = (folder: string) => join(nodemailer, folder, 'index.d.ts')

describe("the table of nodemailer's options", () => {
  it('has every option of its SMTP transport and pool, and no other', () => {
    const typed = fieldsOfAll(
      [at('smtp-connection'), 'SMTPConnectionOptions'],
      [at('smtp-transport'), 'SMTPTransportOptions'],
      [at('smtp-pool'), 'SMTPPoolOptions'],
      [at('mailer'), 'TransportOptions'],
    )
    expect(typed.length).toBeGreaterThan(40)
    expect(named()).toEqual(typed)
  })

  it('has every option of a login, and no other', () => {
    const typed = fieldsOfAll([at('xoauth2'), 'XOAuth2Options'], [at('smtp-transport'), 'SMTPTransportAuthOptions'])
    expect(typed.length).toBeGreaterThan(15)
    expect(named('auth.')).toEqual(typed)
  })

  it("has every option of Node's TLS, and no other", () => {
    const declarations = join(dirname(require.resolve('@types/node/package.json')), 'tls.d.ts')
    const typed = fieldsOfAll([declarations, 'ConnectionOptions'], [declarations, 'CommonConnectionOptions'], [declarations, 'SecureContextOptions'])
    expect(typed.length).toBeGreaterThan(30)
    expect(named('tls.')).toEqual(typed)
  })

  it('has every option that the source of nodemailer reads, typed or not', () => {
    const files = ['smtp-connection/index.js', 'smtp-transport/index.js', 'smtp-pool/index.js', 'smtp-pool/pool-resource.js', 'mailer/index.js', 'mailer/mail-message.js']
    const source = files.map((file) => readFileSync(join(nodemailer, file), 'utf8')).join('\n')
    const isRead = new Set([...source.matchAll(/(?:this|pool)\.options\.(\w+)/g)].map(([, name]) => name!))
    expect(isRead.size).toBeGreaterThan(30)
    expect([...isRead].filter((name) => !named().includes(name))).toEqual([])
  })

  it('has a reason for every option that is not the same', () => {
    expect(rows.filter(({ status, how }) => status !== 'same' && how === '')).toEqual([])
    expect(rows.length).toBe(new Set(rows.map(({ option }) => option)).size)
  })

  it('is covered by tests: each option that is the same occurs in one', () => {
    const tests = ['.', '../../core/src/smtp'].flatMap((folder) =>
      readdirSync(new URL(folder, import.meta.url))
        .filter((name) => name.endsWith('.test.ts') && name !== 'option-table.test.ts')
        .map((name) => read(`${folder}/${name}`)),
    )
    const text = tests.join('\n')
    const silent = rows.filter(({ option, status }) => status === 'same' && !new RegExp(`\\b${option.split('.').at(-1)}\\b`).test(text))
    expect(silent.map(({ option }) => option)).toEqual([])
  })
})

describe('any input', () => {
  const wrong: readonly unknown[] = [
    undefined,
    null,
    5,
    [],
    '',
    'nonsense',
    '{"host":',
    'smtp://ada:100%@smtp.example.com',
    'smtp://a:b@smtp.example.com:99999',
    { url: 5 },
    { url: 'smtp://a:%zz@smtp.example.com' },
    { host: 'smtp.example.com', auth: 'ada' },
    { host: 'smtp.example.com', auth: { type: 'OAuth2' } },
    { host: 'smtp.example.com', tls: 'x', servername: 'y' },
    { host: 'smtp.example.com', policy: 'x' },
    { host: 5, ignoreTLS: true },
  ]
  it.each(wrong)('throws only SettingsError: %j', (settings) => {
    expect(() => createTransport(settings as never)).toThrow(SettingsError)
  })

  it.each<unknown>([
    { host: 'smtp.example.com', auth: null },
    { host: 'smtp.example.com', auth: false, customAuth: null, logger: false },
    { host: 'smtp.example.com', authMethod: 5 },
    '{"host":"smtp.example.com","pool":true}',
    'smtp://a%3Ab:c%40d@smtp.example.com?pool=true&servername=mail.example.com',
  ])('what nodemailer accepts is accepted: %j', (settings) => {
    expect(issuesOf(() => createTransport(settings as never, null).close())).toEqual([])
  })
})

it.each(['deadline', 'endpointTimeout', 'timeouts', 'waitForChoice', 'selection', 'locale'])('%s in the settings is reported with the right place', (option) => {
  const issues = issuesOf(() => createTransport({ host: 'smtp.example.com', [option]: 'en' }))
  expect(issues).toEqual([{ path: option, message: expect.stringContaining('second argument') as string }])
})

describe('an option that is refused', () => {
  const refused = rows.filter(({ status }) => status === 'refused').map(({ option }) => option)

  it.each(refused)('%s is refused in the settings with its own reason', (option) => {
    const issues = issuesOf(() => createTransport({ host: 'smtp.example.com', ...withOption(option) }))
    expect(issues).toEqual([{ path: option, message: expect.stringMatching(/^(?!.*check its spelling).{30,}$/) as string }])
  })

  it.each(refused.filter((option) => !option.includes('.')))('%s is refused among the options too', (option) => {
    const issues = issuesOf(() => createTransport('smtp://smtp.example.com', withOption(option) as never))
    expect(issues.map(({ path }) => path)).toEqual([option])
  })

  it.each(['ignoreTLS', 'opportunisticTLS', 'lmtp'])('%s is refused in the query of a URL', (option) => {
    const issues = issuesOf(() => createTransport(`smtp://smtp.example.com?${option}=true`))
    expect(issues.map(({ path }) => path)).toEqual([option])
  })

  it('is reported together with all other issues', () => {
    const issues = issuesOf(() => createTransport({ host: 'no host', ignoreTLS: true, opportunisticTLS: true, auth: { user: 'ada' } }))
    expect(issues.map(({ path }) => path)).toEqual(['ignoreTLS', 'opportunisticTLS', 'host', 'auth'])
  })

  it.each([
    { host: '127.0.0.1', ignoreTLS: true },
    { host: 'localhost', port: 1025, ignoreTLS: true },
    { host: 'mail.test', ignoreTLS: true, policy: { allowCleartext: 'always' } },
    { host: 'smtp.example.com', ignoreTLS: true, requireTLS: true },
    { host: 'smtp.example.com', opportunisticTLS: true, requireTLS: true },
    { host: 'smtp.example.com', opportunisticTLS: true, secure: true },
    { host: 'smtp.example.com', opportunisticTLS: false, ignoreTLS: false },
    { host: 'smtp.example.com', opportunisticTLS: undefined, socket: undefined },
  ])('is accepted where it is safe: %j', (settings) => {
    expect(issuesOf(() => createTransport(settings).close())).toEqual([])
  })

  it.each([
    { host: '127.0.0.1', ignoreTLS: true, policy: { allowCleartext: 'never' } },
    { host: '127.0.0.1', opportunisticTLS: true },
    { host: '127.1', ignoreTLS: true },
    { host: 'localhost.example.com', ignoreTLS: 'yes' },
  ])('is refused where it is not: %j', (settings) => {
    expect(() => createTransport(settings as never)).toThrow(SettingsError)
  })
})

function withOption(option: string) {
  const value = /^(?:ignoreTLS|opportunisticTLS|lmtp|secured)$/.test(option) ? true : {}
  return option.startsWith('tls.') ? { tls: { [option.slice(4)]: value } } : { [option]: value }
}

function issuesOf(make: () => unknown) {
  try {
    make()
  } catch (error) {
    if (SettingsError.isInstance(error)) return error.issues
    throw error
  }
  return []
}

function read(path: string): string {
  return readFileSync(new URL(path, import.meta.url), 'utf8')
}

describe('in the language of the transport', () => {
  it.each<[sentence: string, settings: object, options?: object]>([
    ['lmtp: stellt in Postfächer zu', { lmtp: true }],
    ['tls.session: würde eine Sitzung fortsetzen', { tls: { session: Buffer.of(1) } }],
    ['auth.pass: ist undefined.', { auth: { user: 'ada', pass: undefined } }],
    ['connectionTimeout: muss eine Zahl über 0 sein.', { connectionTimeout: -1 }],
    ['deadline: muss eine Zahl über 0 sein.', {}, { deadline: -1 }],
    ['deadline: muss eine Zahl über 0 sein.', {}, { selection: { deadline: -1 } }],
  ])('%s', (sentence, settings, options) => {
    const issues = issuesOf(() => createTransport({ host: 'smtp.example.com', ...settings }, { locale: 'de', ...options }))
    expect(issues.map(({ path, message }) => `${path}: ${message}`).join(' ')).toContain(sentence)
  })
})
