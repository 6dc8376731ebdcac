import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { startProvider } from '@postern/testing'
import { describe, expect, it } from 'vitest'
import { failureOf, letter, mailerFor } from '../test/mail.ts'
import { clearTextOf, recorder, recordTypesOf } from '../test/recorder.ts'
import { drop, type Script, ScriptedServer } from '../test/scripted-server.ts'

/** Offers STARTTLS, and goes on offering it under TLS. */
const startTls: Script = { STARTTLS: '220 go ahead', EHLO: '250-scripted.test\r\n250-PIPELINING\r\n250-STARTTLS\r\n250 AUTH PLAIN' }

describe('RFC 3207', () => {
  it('the first command under TLS is EHLO, and STARTTLS is not sent again', async () => {
    await using server = await ScriptedServer.start(startTls, { implicit: false })
    await mailerFor(server.settings()).sendMail(letter)
    expect(server.lines.slice(0, 4).map(({ line, secure }) => [line.split(' ')[0], secure])).toEqual([
      ['EHLO', false],
      ['STARTTLS', false],
      ['EHLO', true],
      ['AUTH', true],
    ])
    expect(server.count('STARTTLS')).toBe(1)
  })

  it('nothing is sent between STARTTLS and the TLS handshake', async () => {
    await using server = await ScriptedServer.start(startTls, { implicit: false })
    await using wire = await recorder(server.port)
    await mailerFor({ ...server.settings(), candidates: [{ port: wire.port, security: 'starttls' }] }).sendMail(letter)
    const { client } = wire.conversations()[0]!
    expect(clearTextOf(client)).toMatch(/^EHLO \S+\r\nSTARTTLS\r\n$/)
    expect(client).toContain('STARTTLS\r\n\u0016\u0003')
  })

  it('the connection is closed if the handshake cannot start', async () => {
    await using server = await ScriptedServer.start({ ...startTls, STARTTLS: ({ say }) => say('220 go ahead\r\n250 injected') }, { implicit: false })
    expect((await failureOf(mailerFor(server.settings()).sendMail(letter))).attempts[0]!.failure).toMatchObject({ code: 'starttls-injection' })
    await server.quiet()
    expect(server.lines.map(({ line }) => line.split(' ')[0])).toEqual(['EHLO', 'STARTTLS'])
  })
})

describe('RFC 4954', () => {
  it('AUTH is sent once per connection, before the first message, and in no group of commands', async () => {
    await using server = await ScriptedServer.start({ ...startTls, MAIL: '250 2.1.0 ok' })
    const mailer = mailerFor(server.settings(), { pool: true, maxConnections: 1 })
    await mailer.sendMail(letter)
    await mailer.sendMail(letter)
    expect(server.connections).toBe(1)
    expect(server.lines.filter(({ line }) => /^(?:AUTH|MAIL)/.test(line)).map(({ line }) => line.split(' ')[0])).toEqual(['AUTH', 'MAIL', 'MAIL'])
  })

  it('no command follows AUTH before its reply', async () => {
    await using server = await ScriptedServer.start({ ...startTls, AUTH: '535 5.7.8 no' })
    await failureOf(mailerFor(server.settings()).sendMail(letter))
    await server.quiet()
    expect(server.lines.map(({ line }) => line.split(' ')[0]!).filter((verb) => verb !== 'QUIT')).toEqual(['EHLO', 'AUTH'])
  })

  it('an access token that is longer than a command is sent on a line of its own', async () => {
    const accessToken = 't'.repeat(2_000)
    await using provider = await startProvider({ users: { 'ada@example.net': accessToken } })
    const auth = { user: 'ada@example.net', accessToken }
    await mailerFor({ ...provider.settings, auth }, { authMethod: 'XOAUTH2' }).sendMail(letter)
    expect(provider.logins).toMatchObject([{ mechanism: 'XOAUTH2', secure: true }])
    expect(provider.messages).toHaveLength(1)
  })

  it('a challenge that is not base64 is answered with `*`, and no message follows', async () => {
    await using server = await ScriptedServer.start({ EHLO: '250-scripted.test\r\n250 AUTH CRAM-MD5', AUTH: '334 <1896.69@scripted.test>' })
    const error = await failureOf(mailerFor(server.settings()).sendMail(letter))
    expect(error.attempts.map(({ failure }) => [failure?.stage, failure?.code])).toEqual([['auth', 'protocol-error']])
    expect(server.lines.slice(1, 3).map(({ line }) => line)).toEqual(['AUTH CRAM-MD5', '*'])
    expect(server.messages).toEqual([])
  })

  it('the name in the certificate is compared with the host that was asked for, whatever it resolves to', async () => {
    await using provider = await startProvider()
    const { port } = provider.settings.candidates[0]!
    const mailer = mailerFor({
      host: 'mail.example.com',
      port: 587,
      auth: provider.auth,
      tls: { ca: provider.ca },
      getSocket: (_, callback) => {
        const connection = connect(port, provider.host, () => callback(null, { connection }))
      },
    })
    const error = await failureOf(mailer.sendMail(letter))
    expect(error.attempts.map(({ failure }) => failure?.code)).toEqual(['certificate-name'])
    expect(provider.logins).toEqual([])
  })
})

describe('RFC 8314', () => {
  it('a connection is closed with a TLS alert', async () => {
    await using server = await ScriptedServer.start()
    await using wire = await recorder(server.port)
    const candidates = [{ port: wire.port, security: 'implicit' }] as const
    const mailer = mailerFor({ ...server.settings(), candidates, tls: { ca: server.ca, maxVersion: 'TLSv1.2' } })
    await mailer.sendMail(letter)
    await server.quiet()
    // Below TLS 1.3, the type of a record is visible: 0x15 is an alert (RFC 5246 §6.2.1).
    expect(recordTypesOf(wire.conversations()[0]!.client).at(-1)).toBe(0x15)
  })

  it('the recommended cipher suites are offered', async () => {
    await using server = await ScriptedServer.start()
    await using wire = await recorder(server.port)
    await mailerFor({ ...server.settings(), candidates: [{ port: wire.port, security: 'implicit' }] }).sendMail(letter)
    // TLS_ECDHE_{ECDSA,RSA}_WITH_{AES_128_GCM_SHA256,AES_256_GCM_SHA384} (RFC 9325 §4.2)
    expect(cipherSuitesOf(wire.conversations()[0]!.client)).toEqual(expect.arrayContaining([0xc02b, 0xc02c, 0xc02f, 0xc030]))
  })

  it('a function of `customAuth` can log in with SASL EXTERNAL', async () => {
    await using server = await ScriptedServer.start({ EHLO: '250-scripted.test\r\n250 AUTH EXTERNAL' })
    const auth = { type: 'custom', method: 'EXTERNAL', user: 'ada@example.net', pass: 'unused' } as const
    const customAuth = { EXTERNAL: ({ sendCommand }: { sendCommand: (line: string) => Promise<unknown> }) => sendCommand('AUTH EXTERNAL =') }
    await mailerFor({ ...server.settings(), auth }, { customAuth }).sendMail(letter)
    expect(server.lines.slice(0, 3).map(({ line }) => line.split(' ').slice(0, 3).join(' '))).toEqual([expect.stringMatching(/^EHLO/), 'AUTH EXTERNAL =', 'MAIL FROM:<app@example.net>'])
  })

  it('a lost connection under TLS is not followed by a message in clear text', async () => {
    await using server = await ScriptedServer.start({ ...startTls, MAIL: drop }, { implicit: false })
    await failureOf(mailerFor(server.settings()).sendMail(letter))
    expect(server.lines.filter(({ secure }) => !secure).map(({ line }) => line.split(' ')[0])).toEqual(['EHLO', 'STARTTLS'])
  })
})

/** The cipher suites of a ClientHello in a TLS record, by number (RFC 8446 §4.1.2). */
function cipherSuitesOf(bytes: string): readonly number[] {
  const hello = Buffer.from(bytes, 'latin1')
  // After the headers of the record (5) and the message (4), the version (2), 32 random octets and the session identifier.
  const start = 44 + hello[43]!
  return Array.from({ length: hello.readUInt16BE(start) / 2 }, (_, index) => hello.readUInt16BE(start + 2 + 2 * index))
}

/** A reference of docs/standards.md to a test: the file, and the name as it is in the code. */
const reference = /`((?:packages|apps)\/[\w./-]+\.test\.ts)`: "(.+?)"(?=[,;.]|$| \|)/g

describe('docs/standards.md', () => {
  const rows = read('docs/standards.md')
    .split('\n')
    .filter((line) => line.startsWith('| §'))
    .map((line) => ({ line, reason: line.split(' | ').at(-1)!.replace(/ \|$/, ''), tests: [...line.matchAll(reference)] }))

  it('has tests or a reason for each requirement', () => {
    expect(rows.length).toBeGreaterThan(60)
    expect(rows.filter(({ reason, tests }) => tests.length === 0 && !/^(?:not met|does not apply): ./.test(reason)).map(({ line }) => line)).toEqual([])
  })

  it('names only tests that exist', () => {
    const paths = rows.flatMap(({ line }) => line.match(/[\w/-]+\.test\.ts/g) ?? [])
    expect(paths).toEqual(rows.flatMap(({ tests }) => tests.map(([, file]) => file)))
    const names = rows.flatMap(({ tests }) => tests.map(([, file, name]) => ({ file: file!, name: name! })))
    expect(names.filter(({ file, name }) => !titlesOf(file).includes(name))).toEqual([])
  })
})

/** The names of the tests in a file, with their placeholders: every first argument that is a string. */
function titlesOf(file: string): readonly string[] {
  return [...read(file).matchAll(/\(\s*(['"`])(.+?)\1/g)].map(([, , title]) => title!)
}

function read(file: string): string {
  return readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8')
}
