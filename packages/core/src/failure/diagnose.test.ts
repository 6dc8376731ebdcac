import { connect, createServer, type AddressInfo } from 'node:net'
import { connect as tlsConnect } from 'node:tls'
import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { ca, certificates } from '../../test/certificates.ts'
import { serve, upToTls } from '../../test/scripted-server.ts'
import { diagnoseAttempts } from '../selection/diagnosis.ts'
import { NoUsableEndpointError } from '../selection/no-usable-endpoint-error.ts'
import { en } from '../text/en.ts'
import { format } from '../text/format.ts'
import { diagnose } from './diagnose.ts'
import { describeFailure, type FailureCode, type Stage } from './failure.ts'

/** An error in the form that nodemailer uses. */
const mailError = (facts: object) => Object.assign(new Error('Kumquat: the words of the server'), facts)

describe('an error of nodemailer', () => {
  it.each<[facts: object, code: FailureCode, stage: Stage]>([
    [{ code: 'EDNS', command: 'CONN' }, 'dns-not-found', 'dns'],
    [{ code: 'ESOCKET', originalCode: 'ECONNREFUSED', command: 'CONN' }, 'connect-refused', 'connect'],
    [{ code: 'ESOCKET', originalCode: 'ENETUNREACH', command: 'CONN' }, 'network-unreachable', 'connect'],
    [{ code: 'ESOCKET', originalCode: 'CERT_HAS_EXPIRED', command: 'CONN' }, 'certificate-expired', 'tls'],
    [{ code: 'ESOCKET', originalCode: 'SELF_SIGNED_CERT_IN_CHAIN', command: 'STARTTLS' }, 'certificate-untrusted', 'tls'],
    // `secure: true` on 587, the most common mistake.
    [{ code: 'ESOCKET', originalCode: 'ERR_SSL_WRONG_VERSION_NUMBER', command: 'CONN' }, 'starttls-expected', 'tls'],
    [{ code: 'ESOCKET', originalCode: 'ERR_SSL_WRONG_VERSION_NUMBER', command: 'STARTTLS' }, 'tls-handshake', 'tls'],
    [{ code: 'ESOCKET', command: 'MAIL FROM' }, 'connection-lost', 'mail'],
    [{ code: 'ECONNECTION', command: 'CONN' }, 'connection-lost', 'connect'],
    [{ code: 'ETIMEDOUT', command: 'CONN', timeoutType: 'CONNECT_TIMEOUT' }, 'connect-timeout', 'connect'],
    // `secure: false` on 465.
    [{ code: 'ETIMEDOUT', command: 'CONN', timeoutType: 'GREETING_TIMEOUT' }, 'greeting-timeout', 'greeting'],
    [{ code: 'ETIMEDOUT', command: 'CONN', timeoutType: 'UPGRADE_TIMEOUT' }, 'reply-timeout', 'tls'],
    [{ code: 'ETIMEDOUT', command: 'DATA', timeoutType: 'SOCKET_TIMEOUT' }, 'reply-timeout', 'data'],
    [{ code: 'ETIMEDOUT', command: 'CONN' }, 'connect-timeout', 'connect'],
    [{ code: 'EREQUIRETLS', command: 'STARTTLS' }, 'starttls-not-offered', 'starttls'],
    [{ code: 'EPROTOCOL', command: 'CONN', responseCode: 554, response: '554 no' }, 'protocol-error', 'connect'],
    [{ code: 'EAUTH', command: 'AUTH PLAIN', responseCode: 535, response: '535 5.7.8 no' }, 'auth-rejected', 'auth'],
    [{ code: 'EAUTH', command: 'AUTH XOAUTH2', responseCode: 454, response: '454 4.7.0 no' }, 'auth-temporary', 'auth'],
    [{ code: 'EAUTH', command: 'API' }, 'auth-mechanism', 'auth'],
    [{ code: 'ENOAUTH', command: 'API' }, 'auth-not-offered', 'auth'],
    [{ code: 'EENVELOPE', command: 'MAIL FROM', responseCode: 550, response: '550 5.1.8 no' }, 'sender-rejected', 'mail'],
    [{ code: 'EENVELOPE', command: 'RCPT TO', responseCode: 550, response: '550 5.1.1 no' }, 'recipient-rejected', 'rcpt'],
    [{ code: 'EENVELOPE', command: 'API' }, 'envelope-invalid', 'mail'],
    [{ code: 'EMESSAGE', command: 'DATA', responseCode: 554, response: '554 5.7.1 no' }, 'message-rejected', 'data'],
    [{ code: 'ESTREAM', command: 'API' }, 'message-unreadable', 'data'],
  ])('%o is %s in stage %s', (facts, code, stage) => {
    const failure = diagnose(mailError(facts), { host: 'smtp.example.com', port: 587 })
    expect(failure).toMatchObject({ code, stage })
    expect(JSON.stringify(failure)).not.toContain('Kumquat')
    expect(failure.message).not.toMatch(/[{}]/)
  })

  it('keeps the reply code and the enhanced code, but not the text', () => {
    const response = '550-5.1.1 Kumquat hunter2\r\n550 5.1.1 AGFkYQBodW50ZXIy'
    const failure = diagnose(mailError({ code: 'EENVELOPE', command: 'RCPT TO', responseCode: 550, response }))
    expect(failure).toMatchObject({ replyCode: 550, enhancedCode: '5.1.1' })
    expect(JSON.stringify(failure)).not.toMatch(/kumquat|hunter2|AGFk/i)
  })

  it.each([
    ['a response code that is NaN', { code: 'EENVELOPE', command: 'RCPT TO', responseCode: NaN }],
    ['a response code out of range', { code: 'EENVELOPE', command: 'RCPT TO', responseCode: 999 }],
    ['a code named like an inherited property', { code: 'constructor' }],
    ['an original code named like an inherited property', { code: 'ESOCKET', originalCode: 'toString' }],
    ['a command named like an inherited property', { code: 'EAUTH', command: '__proto__ x', responseCode: 535 }],
    ['a timeout type named like an inherited property', { code: 'ETIMEDOUT', timeoutType: 'constructor' }],
  ])('may have %s', (_what, facts) => {
    const failure = diagnose(mailError(facts))
    expect(Object.keys(en.failures)).toContain(failure.code)
    expect(failure.message).toEqual(expect.any(String))
  })
})

/** The error Node throws when connecting to several addresses has failed. */
const all = (...codes: string[]) => new AggregateError(codes.map((code) => Object.assign(new Error(code), { code })))

describe('an error of Node', () => {
  it('is connect-refused for a closed port', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    server.close()
    await once(server, 'close')
    const [error] = (await once(connect(port, '127.0.0.1'), 'error').catch((error: unknown) => [error])) as [Error]
    expect(diagnose(error)).toMatchObject({ code: 'connect-refused', stage: 'connect', systemCode: 'ECONNREFUSED', message: expect.stringContaining(String(port)) })
  })

  it('is dns-not-found for a name that does not exist', async () => {
    const error: unknown = await lookup('mail.postern.invalid').catch((error: unknown) => error)
    expect(diagnose(error)).toMatchObject({ code: expect.stringMatching(/^dns-/), stage: 'dns', message: expect.stringContaining('mail.postern.invalid') })
  })

  it('lists the names in a certificate for another host, even if the certificate object is circular', async () => {
    const certificate = await certificates.issue('other-name')
    await using server = await serve(async (peer) => {
      await peer.secure(certificate)
    })
    const socket = tlsConnect({ port: server.port, host: '127.0.0.1', servername: 'localhost', ca })
    const [error] = (await once(socket, 'secureConnect').catch((error: unknown) => [error])) as [Error & { cert: object }]
    const circular = Object.assign(error.cert, { issuerCertificate: error.cert })
    expect(circular).toBeDefined()
    const failure = diagnose(error, { host: 'smtp.example.com', port: 465 })
    expect(failure).toMatchObject({ code: 'certificate-name', stage: 'tls', message: expect.stringContaining('mail.example.net') })
    expect(() => JSON.stringify(failure)).not.toThrow()
  })

  it('is starttls-expected for a TLS handshake with a plain-text port', async () => {
    await using server = await serve(upToTls)
    const [error] = (await once(tlsConnect({ port: server.port, host: '127.0.0.1' }), 'secureConnect').catch((error: unknown) => [error])) as [Error]
    expect(diagnose(error)).toMatchObject({ code: 'starttls-expected', stage: 'tls' })
  })

  it('is the most specific one of several addresses', () => {
    expect(diagnose(all('ENETUNREACH', 'ECONNREFUSED'))).toMatchObject({ code: 'connect-refused' })
    expect(diagnose(all('ENETUNREACH', 'ETIMEDOUT'))).toMatchObject({ code: 'connect-timeout' })
    expect(diagnose(all('EHOSTUNREACH', 'ENETUNREACH'))).toMatchObject({ code: 'network-unreachable' })
    expect(diagnose(new AggregateError([]))).toMatchObject({ code: 'connection-lost' })
  })

  it('is aborted for the reason of a signal', () => {
    expect(diagnose(AbortSignal.abort().reason)).toMatchObject({ code: 'aborted' })
    expect(diagnose(new DOMException('late', 'TimeoutError'))).toMatchObject({ code: 'aborted' })
  })
})

describe('any other error', () => {
  it.each([undefined, null, 42, 'kumquat', {}, [], new Error('kumquat'), Object.create(null)])('gets a failure (%#)', (error) => {
    const failure = diagnose(error)
    expect(failure).toMatchObject({ code: 'connection-lost', advice: expect.stringMatching(/\w/) })
    expect(JSON.stringify(failure)).not.toContain('kumquat')
  })

  it('with a failure attached returns that failure', () => {
    const failure = { code: 'deadline', stage: 'tls', message: 'a', advice: 'b' } as const
    expect(diagnose(Object.assign(new Error('x'), { failure }))).toBe(failure)
  })

  it('that is a NoUsableEndpointError returns its diagnosis', () => {
    const error = new NoUsableEndpointError([], { code: 'nothing-listens', message: 'No port.', advice: 'Look.' })
    expect(diagnose(error)).toEqual({ code: 'no-usable-endpoint', stage: 'connect', message: 'No port.', advice: 'Look.' })
  })
})

const attempt = (port: number, code: FailureCode, stage: Stage = 'connect') => ({
  endpoint: { host: 'smtp.example.com', port, security: 'starttls' as const },
  outcome: 'failed' as const,
  stage,
  failure: { code, stage, message: `Cause ${port}.`, advice: `Advice ${port}.` },
  startedAt: new Date(0),
  ms: 1,
  stages: [],
})
const read = (codes: readonly FailureCode[], env: NodeJS.ProcessEnv = {}) =>
  diagnoseAttempts('smtp.example.com', codes.map((code, index) => attempt([587, 2525, 465][index]!, code, code.startsWith('auth-') ? 'auth' : 'connect')), { env })

describe('diagnoseAttempts()', () => {
  it.each<[codes: FailureCode[], code: string]>([
    [['connect-timeout', 'connect-timeout', 'connect-timeout'], 'network-blocks-smtp'],
    [['connect-timeout', 'greeting-timeout', 'connect-timeout'], 'network-blocks-smtp'],
    [['connect-timeout', 'connect-refused', 'greeting-timeout'], 'network-blocks-smtp'],
    [['connect-timeout', 'deadline', 'deadline'], 'mixed'],
    [['connect-timeout', 'connect-refused', 'deadline'], 'mixed'],
    [['deadline', 'deadline'], 'deadline'],
    [['aborted'], 'aborted'],
    [['connect-refused', 'connect-refused', 'connect-refused'], 'nothing-listens'],
    [['connect-refused'], 'connect-refused'],
    [['certificate-expired', 'certificate-expired', 'certificate-expired'], 'no-secure-port'],
    [['starttls-not-offered', 'starttls-injection', 'tls-version'], 'no-secure-port'],
    [['dns-not-found', 'dns-not-found', 'dns-not-found'], 'dns-not-found'],
    [['connect-refused', 'auth-rejected'], 'auth-rejected'],
    [['connect-refused', 'connect-timeout', 'certificate-name'], 'mixed'],
    [[], 'no-usable-endpoint'],
  ])('reads %o as %s', (codes, code) => {
    const diagnosis = read(codes)
    expect(diagnosis.code).toBe(code)
    expect(`${diagnosis.message} ${diagnosis.advice}`).not.toMatch(/[{}]|\?/)
  })

  it('gives the advice of the failure in the latest stage', () => {
    expect(read(['connect-refused', 'certificate-name', 'connect-timeout']).advice).toBe('Advice 2525.')
  })

  it.each<[codes: FailureCode[], env: NodeJS.ProcessEnv, expected: RegExp]>([
    [['connect-timeout', 'connect-refused', 'connect-timeout'], {}, /answer on 465, 587\. .*; DigitalOcean does that by default:/],
    [['connect-refused', 'connect-refused', 'connect-timeout'], {}, /on 587, 2525 and does not answer on 465\. .*; Hetzner does that by default:/],
    [['connect-refused', 'connect-timeout', 'connect-refused'], {}, /answer on 2525\. Most often .* connection: allow/],
    [['connect-timeout', 'connect-refused', 'connect-timeout'], { RENDER: 'true' }, /answer on 465, 587\. .* run on Render: /],
  ])('distinguishes blocked and open ports: %o with %j', (codes, env, expected) => {
    const { message, advice } = read(codes, env)
    expect(`${message} ${advice}`).toMatch(expected)
  })

  it.each([
    ['RENDER', 'Render'],
    ['RAILWAY_ENVIRONMENT_ID', 'Railway'],
    ['FLY_APP_NAME', 'Fly.io'],
    ['DYNO', 'Heroku'],
    ['VERCEL', 'Vercel'],
    ['AWS_LAMBDA_FUNCTION_NAME', 'AWS Lambda'],
    ['K_SERVICE', 'Google Cloud'],
    ['WEBSITE_INSTANCE_ID', 'Azure'],
  ])('recognises the platform by %s: %s', (variable, name) => {
    const { code, advice } = read(['connect-timeout', 'connect-timeout'], { [variable]: 'x' })
    expect(code).toBe('network-blocks-smtp')
    expect(advice).toContain(name)
  })
})

describe('the texts', () => {
  it.each(Object.entries(en.failures))('have a message and an advice for %s', (_code, { message, advice }) => {
    expect(message).toMatch(/^.+\.$/)
    expect(advice).toMatch(/^.+\.$/)
  })

  it.each([
    ['en', '1.5 s'],
    ['de', '1,5 s'],
    ['fr', '1,5 s'],
  ] as const)('have numbers as %s writes them', (locale, expected) => {
    const facts = { code: 'connect-timeout', stage: 'connect', values: { seconds: 1.5 } } as const
    expect(describeFailure(facts, { host: 'smtp.example.com', port: 58_700 }, locale).message).toMatch(new RegExp(`58700.*${expected}`))
  })

  it('use own properties of the values only, and ? for missing values', () => {
    expect(format('{host} and {port} {constructor}', { host: 'a', port: undefined })).toBe('a and ? ?')
  })
})
