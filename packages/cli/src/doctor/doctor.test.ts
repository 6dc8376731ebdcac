import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Dial } from '@postern/core'
import { type Fault, type Provider, startProvider } from '@postern/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { runCommand, type RunOptions } from '../../test/run-command.ts'
import { stable } from '../../test/stable.ts'
import type { JsonReport } from './json-report.ts'

type Faults = Partial<Record<25 | 465 | 587 | 2525, Fault>>

let provider: Provider
afterEach(() => provider?.close())

/** Connects to the test provider's port for each standard port. */
const dial: Dial = async ({ port }) => {
  const socket = connect(provider.ports[port as 587], '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

/** The dial of the provider, which calls back when this number of connections has been closed: these ports have been examined. */
function closingDial(count: number, onClosed: () => void): Dial {
  let closed = 0
  return async (...args) => {
    const socket = await dial(...args)
    socket?.once('close', () => {
      closed += 1
      if (closed === count) setImmediate(onClosed)
    })
    return socket
  }
}

const user = 'ada@postern.test'
const secret = 'correct horse/battery+staple'

/** Runs `postern doctor` in a folder with the certificate of the provider, and with further files. */
async function doctor(faults: Faults, args: readonly string[], { files = {}, ...options }: RunOptions & { readonly files?: Record<string, string> } = {}) {
  provider = await startProvider({ faults, users: { [user]: secret } })
  const cwd = mkdtempSync(join(tmpdir(), 'postern-cli-'))
  for (const [name, content] of Object.entries({ 'ca.pem': provider.ca, ...files })) writeFileSync(join(cwd, name), content)
  return await runCommand(['doctor', '--ca', 'ca.pem', ...args], { cwd, dial, ...options })
}

const atPort = (port: number, rest = '') => [`smtp://${encodeURIComponent(user)}@127.0.0.1:${port}`, ...rest.split(' ').filter(Boolean)]

const all = (fault: Fault): Faults => ({ 587: fault, 2525: fault, 465: fault, 25: fault })

describe('the report', () => {
  it('has a line for each port, and one recommendation', async () => {
    const { code, stdout, stderr } = await doctor({ 587: 'refuse', 25: 'no-starttls' }, ['127.0.0.1'])
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    expect(stable(stdout)).toMatchSnapshot()
  })

  it.each(['de', 'fr'])('has the language "%s"', async (lang) => {
    const { stdout } = await doctor({ 587: 'refuse', 25: 'no-starttls' }, ['127.0.0.1', '--lang', lang])
    expect(stable(stdout)).toMatchSnapshot()
  })

  it('distinguishes ports that are blocked, silent and refused', async () => {
    const { stdout } = await doctor({ 587: 'black-hole', 2525: 'silent', 25: 'refuse' }, ['127.0.0.1', '--timeout', '6'])
    expect(stdout).toMatch(/^ +587 STARTTLS +blocked .*\n +2525 STARTTLS +silent .*\n +465 implicit TLS +open .*\n +25 STARTTLS +refused /m)
  })

  it('has a row for the login', async () => {
    const { code, stdout } = await doctor({}, [...atPort(587), '--user', user, '--login'], { env: { SMTP_PASS: secret } })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^ +login +accepted +PLAIN$/m)
    expect(stdout).not.toContain('--login')
  })

  it('explains a refused login, and does not repeat it', async () => {
    const { code, stdout } = await doctor({ 587: 'auth-app-password' }, ['127.0.0.1', '--user', user, '--login'], { env: { SMTP_PASS: secret } })
    expect(code).toBe(2)
    expect(stdout).toMatch(/^ +587 STARTTLS +open /m)
    expect(stdout).toMatch(/^ +login +refused +.*app password/m)
    expect(stdout).toContain('\nDiagnosis\n')
    expect(provider.logins).toHaveLength(1)
  })

  it('has the time of each stage as a bar, in a wide terminal', async () => {
    const { stdout } = await doctor({ 587: 'refuse' }, ['127.0.0.1'], { columns: 110, env: { NO_COLOR: '1' } })
    expect(stdout).toMatch(/ 587 STARTTLS +refused +▒{16} {2}The server/)
    const [, bar] = / 465 implicit TLS +open +(\S+) {2}TLSv1\.3, certificate \d+ days,/.exec(stdout)!
    expect(bar).toMatch(/^[░▒▓▪▫█]{16}$/)
    expect(stdout).toMatch(/ {2}░ dns {2}▒ connect {2}▓ greeting {2}▪ ehlo {2}▫ starttls {2}█ tls\n\n/)
    expect(stdout).not.toContain('(dns')
  })

  it('has the time of each stage as numbers, in a pipe', async () => {
    const { stdout } = await doctor({}, ['127.0.0.1'])
    expect(stdout).toMatch(/ 465 .*, \d+\u{A0}ms \(connect \d+, tls \d+, greeting \d+, ehlo \d+\)\n/u)
    expect(stdout).not.toMatch(/[░▒▓▪▫█]/)
  })

  it('has only the whole time in a terminal that is not wide', async () => {
    const { stdout } = await doctor({}, ['127.0.0.1'], { columns: 109 })
    expect(stdout).toMatch(/ 465 .*, \d+\u{A0}ms\n/u)
    expect(stdout).not.toMatch(/[░▒▓▪▫█]/)
  })

  it('has only what is not well, with --spotlight', async () => {
    const { stdout } = await doctor({ 587: 'refuse' }, ['127.0.0.1', '--spotlight'])
    expect(stdout.trimEnd().split('\n')).toEqual([
      'Mail ports of 127.0.0.1 from this machine',
      expect.stringMatching(/^ +587 STARTTLS +refused /),
      '',
      expect.stringContaining('not over port 587'),
    ])
  })

  it('is JSON, like the result of the settings check', async () => {
    const { code, stdout, stderr } = await doctor({ 587: 'refuse' }, ['127.0.0.1', '--format', 'json'])
    const report = JSON.parse(stdout) as JsonReport
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    expect(report).toMatchObject({ version: 1, host: '127.0.0.1', ok: true, status: 'warn', findings: [], recommended: { port: 2525, security: 'starttls' } })
    expect(report.ports[0]).toMatchObject({ port: 587, security: 'starttls', ok: false, code: 'connect-refused', status: 'refused' })
    expect(report.ports[1]).toMatchObject({ port: 2525, ok: true, code: null, status: 'open', tls: { verified: true, daysLeft: expect.any(Number) as number } })
  })
})

describe('the format', () => {
  const broken = { 587: 'refuse', 2525: 'refuse', 465: 'certificate-expired', 25: 'refuse' } as const

  it('ndjson has a line for each port, for the login, and for the result', async () => {
    const { stdout } = await doctor({ 587: 'refuse' }, ['127.0.0.1', '--user', user, '--login', '--format', 'ndjson'], { env: { SMTP_PASS: secret } })
    const lines = stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as { type: string; port?: number; status?: string; login?: object })
    expect(lines.slice(0, 4).map(({ port }) => port!).toSorted((a, b) => a - b)).toEqual([25, 465, 587, 2525])
    expect(lines.slice(4)).toMatchObject([{ type: 'login', port: 2525, login: { outcome: 'accepted' } }, { type: 'result', status: 'warn' }])
    expect(lines.at(-1)).not.toHaveProperty('ports')
  })

  it('md is a table for an issue', async () => {
    const { code, stdout } = await doctor(broken, ['127.0.0.1', '--format', 'md'])
    expect(code).toBe(2)
    expect(stdout).toMatch(/^\| 587 STARTTLS \| refused \| The server 127\.0\.0\.1:587 refused the connection\. \|$/m)
    expect(stdout).toMatch(/^\*\*Diagnosis:\*\* \S/m)
  })

  it('github has an annotation for the diagnosis', async () => {
    const { stdout } = await doctor(broken, ['127.0.0.1', '--format', 'github'])
    expect(stdout).toMatch(/^::error title=postern%3A mixed::No port of 127.0.0.1 could be used\. /m)
  })

  it('github has a warning if another port is used', async () => {
    const { stdout } = await doctor({ 587: 'refuse' }, ['127.0.0.1', '--format', 'github'])
    expect(stdout).toMatch(/^::warning title=postern%3A doctor::Mail can leave from here over port 2525/)
  })

  it('junit has a case for each port, and fails as the exit code does', async () => {
    const { stdout } = await doctor(broken, ['127.0.0.1', '--format', 'junit'])
    expect(stdout).toContain('<testsuite name="postern doctor" tests="5" failures="1" skipped="4">')
    expect(stdout).toMatch(/name="587 STARTTLS" time="\d\.\d{3}"><skipped message="connect-refused: The server/)
    expect(stdout).toMatch(/name="doctor"><failure message="Mail cannot leave from here\.">No port of/)
  })

  it('is refused if the command does not have it', async () => {
    const { code, stderr } = await runCommand(['check', '--format', 'junit'])
    expect(code).toBe(64)
    expect(stderr).toContain('Use one of: text, json.')
  })
})

describe('the sender', () => {
  it('is asked for after the login', async () => {
    const { code, stdout } = await doctor({ 587: 'sender-rejected' }, [...atPort(587), '--user', user, '--login', '--from', user], { env: { SMTP_PASS: secret } })
    expect(code).toBe(2)
    expect(stdout).toMatch(/login +accepted +PLAIN$/m)
    expect(stdout).toContain('did not accept the sender')
    expect(provider.messages).toEqual([])
  })

  it.each([
    ['without the login', [...atPort(587), '--from', user], '--from asks behind the login'],
    ['that is no address', ['127.0.0.1', '--from', 'ada'], '--from is not an e-mail address.'],
    ['that is too long', ['127.0.0.1', '--from', `${'a'.repeat(300)}@example.com`], '--from is not an e-mail address.'],
    ['with a control character', ['127.0.0.1', '--from', 'a\u0007@example.com'], '--from is not an e-mail address.'],
  ])('%s is not asked for', async (_what, args, message) => {
    const { code, stdout, stderr } = await doctor({}, args)
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' })
    expect(stderr).toContain(message)
  })
})

describe('the exit code', () => {
  it.each<[code: number, what: string, faults: Faults, args: string[]]>([
    [0, 'if the best port works', {}, ['127.0.0.1']],
    [1, 'if another port works', { 587: 'refuse' }, ['127.0.0.1']],
    [2, 'if no port works', all('refuse'), ['127.0.0.1']],
    [2, 'if no port is secure', all('certificate-expired'), ['127.0.0.1']],
    [2, 'if the port that was set does not work', { 587: 'refuse' }, ['127.0.0.1:587']],
    [2, 'if only port 25 works', { 587: 'refuse', 2525: 'refuse', 465: 'refuse' }, ['127.0.0.1']],
    [1, 'if only port 25 works, and may be used', { 587: 'refuse', 2525: 'refuse', 465: 'refuse' }, ['127.0.0.1', '--allow-25']],
    [0, 'if 465 works, and comes first', { 587: 'refuse' }, ['127.0.0.1', '--implicit-tls', 'first']],
    [64, 'for a timeout that is no number', {}, ['127.0.0.1', '--timeout', 'soon']],
    [64, 'for a timeout that is too long', {}, ['127.0.0.1', '--timeout', '1'.repeat(400)]],
    [64, 'for an argument that is no server', {}, ['smtp://']],
    [64, 'for an e-mail address of an unknown provider', {}, ['ada@postern.test']],
    [64, 'without a server', {}, []],
    [64, 'for a file that is not there', {}, ['127.0.0.1', '--ca', 'other.pem']],
    [64, 'for a file without certificates', {}, ['127.0.0.1', '--ca', '.env']],
    [64, 'for a login without a user', {}, ['127.0.0.1', '--login']],
    [64, 'for a login without a password', {}, ['127.0.0.1', '--login', '--user', user]],
  ])('is %i %s', async (code, _what, faults, args) => {
    const result = await doctor(faults, args, { files: { '.env': 'OTHER=1' } })
    expect(result).toMatchObject({ code })
    expect(result.stderr === '').toBe(code !== 64)
    expect(result.stdout === '').toBe(code === 64)
  })

  it('is 2 for a server without an address of the family', async () => {
    provider = await startProvider()
    const { code, stdout } = await runCommand(['doctor', `127.0.0.1:${provider.ports[587]}`, '-6'])
    expect(code).toBe(2)
    expect(stdout).toMatch(new RegExp(`${provider.ports[587]} STARTTLS +unreachable`))
  })

  it('is 130 after Ctrl-C, and the terminal is clean', async () => {
    const interrupt = new AbortController()
    const onWrite = (text: string) => {
      if (text.includes('Waiting for 587 …')) interrupt.abort()
    }
    const { code, stdout } = await doctor({ 587: 'silent' }, ['127.0.0.1'], { columns: 80, signal: interrupt.signal, onWrite })
    expect(code).toBe(130)
    expect(stdout.endsWith('\r\u001B[2K')).toBe(true)
    expect(stdout).not.toContain('\u001B[?25l')
  })

  it('is 130 after Ctrl-C in a pipe, with the ports that answered before', async () => {
    const interrupt = new AbortController()
    const { code, stdout } = await doctor({ 587: 'silent' }, ['127.0.0.1'], { signal: interrupt.signal, dial: closingDial(3, () => interrupt.abort()) })
    expect(code).toBe(130)
    expect(stdout).toMatch(/^ +2525 STARTTLS +open .*\n +465 implicit TLS +open .*\n +25 STARTTLS +open /m)
    expect(stdout).not.toContain('587 STARTTLS')
    expect(stdout).not.toContain('aborted')
  })
})

describe('the settings', () => {
  it('are those of the environment', async () => {
    const { code, stdout } = await doctor({}, ['--login'], { env: { SMTP_HOST: '127.0.0.1', SMTP_USER: user, SMTP_PASS: secret } })
    expect(code).toBe(0)
    expect(stdout).toMatch(/login +accepted/)
  })

  it('are those of the file .env, unless the environment has them', async () => {
    const files = { '.env': `SMTP_HOST=mail.postern.invalid\nSMTP_USER=${user}\nSMTP_PASS="${secret}"\n` }
    const { code, stdout } = await doctor({}, ['--login'], { files, env: { SMTP_HOST: '127.0.0.1' } })
    expect(code).toBe(0)
    expect(stdout).toMatch(/login +accepted/)
  })

  it('of the environment are explained if they are invalid', async () => {
    const { code, stdout } = await doctor({}, [], { env: { SMTP_HOST: '127.0.0.1', SMTP_PORT: 'many', SMTP_USER: user } })
    expect(code).toBe(2)
    expect(stdout).toMatch(/^SMTP_PORT +error +\S/m)
    expect(stdout).toMatch(/^SMTP_PASS +error +\S/m)
  })

  it.each([
    ['the first line of a file', ['--pass-file', 'pass.txt'], {}],
    ['the environment', [], { SMTP_PASS: secret }],
    ['the environment, for the same host', [], { SMTP_HOST: '127.0.0.1', SMTP_PASSWORD: secret }],
  ])('have the password of %s', async (_what, args, env) => {
    const { code } = await doctor({}, ['127.0.0.1', '--user', user, '--login', ...args], { env, files: { 'pass.txt': `${secret}\nmore\n` } })
    expect(code).toBe(0)
    expect(provider.logins).toMatchObject([{ user }])
  })

  it('have the password that was typed, which is not shown', async () => {
    const { code, stdout, stderr } = await doctor({}, [...atPort(587), '--login'], { columns: 80, input: `${secret}x\u007F\r` })
    expect(code).toBe(0)
    expect(stderr).toBe(`Password of ${user}: \n`)
    expect(stdout).not.toContain(secret)
  })

  it('are not examined after Ctrl-C at the question', async () => {
    const { code } = await doctor({}, [...atPort(587), '--login'], { columns: 80, input: 'corr\u0003' })
    expect(code).toBe(130)
    expect(provider.connections[587]).toBe(0)
  })

  it.each([
    ['json', /^\{[^]*"issues": \[[^]*"path": "SMTP_PORT"[^]*\}\n$/],
    ['ndjson', /^\{"type":"result",.*"status":"fail",.*"issues":\[\{"path":"SMTP_PORT".*\}\n$/],
    ['md', /^### postern doctor\n[^]*^\| SMTP\\_PORT \| error \| \S/m],
    ['github', /^::error title=postern%3A SMTP_PORT::SMTP_PORT should .*\n::error title=postern%3A doctor::The settings have errors\.\n$/],
    ['junit', /^<\?xml [^]*tests="1" failures="1"[^]*<failure message="The settings have errors\.">The settings have errors\. SMTP_PORT should /],
  ])('that are invalid have the format %s', async (format, expected) => {
    const { code, stdout } = await doctor({}, ['--format', format], { env: { SMTP_HOST: '127.0.0.1', SMTP_PORT: 'many' } })
    expect(code).toBe(2)
    expect(stdout).toMatch(expected)
  })

  it.each([
    [{ SMTP_HOST: '127.0.0.1', SMTP_USER: user, SMTP_ACCESS_TOKEN: 'token' }],
    [{ SMTP_URL: `smtp://${encodeURIComponent(user)}@127.0.0.1?auth.accessToken=token` }],
    [{ SMTP_URL: `smtp://${encodeURIComponent(user)}@127.0.0.1` }],
  ])('have the password of the file instead of a token of the environment: %j', async (env) => {
    const { code, stdout } = await doctor({}, ['--login', '--pass-file', 'pass.txt'], { env, files: { 'pass.txt': secret } })
    expect(code).toBe(0)
    expect(stdout).toMatch(/login +accepted +PLAIN$/m)
  })

  it('have the password of the environment for the same host in another case', async () => {
    const { code, stdout } = await doctor({}, ['LOCALHOST', '--login'], { env: { SMTP_URL: `smtp://${encodeURIComponent(user)}@localhost`, SMTP_USERNAME: user, SMTP_PASSWORD: secret } })
    expect(code).toBe(0)
    expect(stdout).toMatch(/login +accepted/)
  })

  it('have the password of a URL in the environment, for the same host', async () => {
    const { code } = await doctor({}, [...atPort(587), '--login'], { env: { SMTP_URL: `smtp://${encodeURIComponent(user)}:${encodeURIComponent(secret)}@127.0.0.1` } })
    expect(code).toBe(0)
    expect(provider.logins).toMatchObject([{ user }])
  })

  it.each<[what: string, args: string[], env: NodeJS.ProcessEnv]>([
    ['another server', ['127.0.0.1', '--user', user, '--login'], { SMTP_HOST: 'smtp.example.com', SMTP_PASS: secret }],
    ['another server in a URL', ['127.0.0.1', '--user', user, '--login'], { SMTP_URL: 'smtp://smtp.example.com', SMTP_ACCESS_TOKEN: secret }],
    ['a URL without a password', ['127.0.0.1', '--user', user, '--login'], { SMTP_URL: 'smtp://bob@127.0.0.1' }],
    ['an environment without a server, for a user of the URL', [...atPort(587), '--login'], { SMTP_PASS: secret }],
    ['an environment without a server, for its own user', ['127.0.0.1', '--login'], { SMTP_USER: user, SMTP_PASS: secret }],
  ])('do not send the password of %s', async (_what, args, env) => {
    const { code, stderr } = await doctor({}, args, { env })
    expect(code).toBe(64)
    expect(stderr).toContain('The login has no password')
    expect(provider.logins).toEqual([])
  })
})

describe('a secret', () => {
  const encoded = Buffer.from(`\0${user}\0${secret}`).toString('base64')
  const url = `smtp://${encodeURIComponent(user)}:${encodeURIComponent(secret)}@127.0.0.1`

  it.each<[what: string, args: string[], options: RunOptions]>([
    ['text', [url, '--login'], {}],
    ['a terminal', [url, '--login'], { columns: 40 }],
    ...['json', 'ndjson', 'md', 'github', 'junit'].map((format): [string, string[], RunOptions] => [format, [url, '--login', '--format', format], {}]),
    ['text without a login', [url], {}],
    ['text, with a token in the URL', [`smtp://${encodeURIComponent(user)}@127.0.0.1?auth.accessToken=${encodeURIComponent(secret)}`, '--login'], {}],
    ['text, from the environment', ['--login'], { env: { SMTP_URL: url } }],
    ['text about an invalid URL', [url.replace('127.0.0.1', 'x y')], {}],
    ['text about an invalid variable', [], { env: { SMTP_URL: url, SMTP_PORT: '0' } }],
  ])('that the server echoes is not in %s', async (_what, args, options) => {
    const { stdout, stderr } = await doctor({ 587: 'auth-echo', 2525: 'auth-echo', 465: 'auth-echo' }, args, options)
    for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64').slice(2, -4), encoded]) {
      expect(stdout + stderr).not.toContain(form)
    }
    // Otherwise the server had nothing to repeat.
    expect(provider.logins.length).toBe(args.includes('--login') ? 1 : 0)
  })

  it('that is a word of the output is not removed from it', async () => {
    const { stdout } = await doctor({}, ['smtp://ada:pass@127.0.0.1'])
    expect(stdout).toContain('process.env.SMTP_PASS')
    expect(stdout).toContain('SMTP_PASS=')
    expect(stdout).not.toContain('[hidden]')
  })

  it('that is a digit leaves the JSON valid', async () => {
    const { stdout } = await doctor({}, ['smtp://ada:5@127.0.0.1', '--format', 'json'])
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, host: '127.0.0.1', ports: expect.arrayContaining([expect.objectContaining({ port: 587 })]) as unknown })
  })

  it('on the command line gets a warning', async () => {
    const { stderr } = await doctor({}, [url])
    expect(stderr).toMatch(/^Warning: the password is on the command line/)
  })
})
