import { createCertificates } from '../../testing/src/certificates.ts'
import { type Provider, startProvider } from '@postern/testing'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import nodemailer from 'nodemailer'
import type { SMTPTransportGetSocket } from 'nodemailer/lib/smtp-transport'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { createTransport, submissionTransport } from './index.ts'
import { failureOf, impatient, letter, mailerFor, modes, unhurried } from '../test/mail.ts'
import { drop, hang, ScriptedServer, type Talk } from '../test/scripted-server.ts'

let provider: Provider
let sent = 0
beforeAll(async () => {
  provider = await startProvider({ users: { ada: 'secret' } })
})
afterAll(() => provider.close())
beforeEach(() => {
  sent = provider.messages.length
})
const arrived = () => provider.messages.slice(sent)
const isSame = (line: string) => (entry: { readonly line: string }) => entry.line === line

describe.each(modes)('an option of nodemailer, $mode', ({ pool }) => {
  it.each(['settings', 'options'] as const)('name: is used in every EHLO (in the %s)', async (where) => {
    await using server = await ScriptedServer.start({ EHLO: '250-scripted.test\r\n250-STARTTLS\r\n250 AUTH PLAIN', STARTTLS: '220 go' }, { implicit: false })
    const mailer =
      where === 'settings'
        ? mailerFor({ ...server.settings(), name: 'app.example.net' }, { pool })
        : mailerFor(server.settings(), { pool, name: 'app.example.net' })
    await mailer.ready()
    await mailer.sendMail(letter)
    const said = server.lines.filter(({ line }) => line.startsWith('EHLO'))
    expect(said.length).toBeGreaterThan(3)
    expect(said.every(isSame('EHLO app.example.net'))).toBe(true)
  })

  it('servername: is the name in the certificate, unless tls has another one', async () => {
    await using server = await ScriptedServer.start()
    const { tls, ...settings } = server.settings()
    const one = (more: object) => mailerFor({ ...settings, tls, ...more }, { pool })
    await one({ servername: 'localhost' }).sendMail(letter)
    await one({ servername: 'mail.example.org', tls: { ...tls, servername: 'localhost' } }).sendMail(letter)
    await mailerFor(settingsUrl(server, { servername: 'localhost' }), { pool }).sendMail(letter)
    expect(server.messages).toHaveLength(3)
    const error = await failureOf(one({ servername: 'mail.example.org' }).sendMail(letter))
    expect(error.attempts[0]?.failure?.code).toBe('certificate-name')
    expect(server.messages).toHaveLength(3)
  })

  it('tls: sends a client certificate, and uses checkServerIdentity', async () => {
    const { cert, key } = await (await createCertificates('127.0.0.1')).issue('trusted')
    await using server = await ScriptedServer.start()
    const asked: string[] = []
    const checkServerIdentity = (name: string) => void asked.push(name)
    const { tls, ...settings } = server.settings()
    const mailer = mailerFor({ ...settings, tls: { ...tls, cert, key, checkServerIdentity, maxVersion: 'TLSv1.2' } }, { pool })
    await mailer.ready()
    await mailer.sendMail(letter)
    expect(asked).toEqual(['127.0.0.1', '127.0.0.1'])
    expect(server.versions).toEqual(['TLSv1.2', 'TLSv1.2'])
    expect(() => createTransport({ host: '127.0.0.1', tls: { cert: 'none', key } })).toThrow(/tls: .*Node cannot use/)
  })

  it('localAddress: is the source address of connections', async () => {
    await using server = await ScriptedServer.start()
    const from: (string | undefined)[] = []
    server.script.greeting = ({ say, raw }: Talk) => {
      from.push(raw.remoteAddress)
      say('220 scripted.test')
    }
    const mailer = mailerFor(server.settings(), { pool, localAddress: '127.0.0.2' })
    await mailer.ready()
    await mailer.sendMail(letter)
    expect(from).toEqual(['127.0.0.2', '127.0.0.2'])
  })

  it('localAddress: an address of another machine makes ports unreachable', async () => {
    await using server = await ScriptedServer.start()
    const error = await failureOf(mailerFor(server.settings(), { pool, localAddress: '192.0.2.1' }).sendMail(letter))
    expect(error.attempts.map(({ failure }) => failure?.code)).toEqual(['network-unreachable'])
  })

  it('localAddress: connecting from it can be aborted', async () => {
    const caller = new AbortController()
    // A port that accepts no connection, because its queue is full.
    await using hole = await startProvider({ faults: { 587: 'black-hole' } })
    const sending = mailerFor(hole.settings, { pool, localAddress: '127.0.0.2' }).sendMail({ ...letter, signal: caller.signal })
    setTimeout(() => caller.abort(), 100)
    expect(await failureOf(sending)).toMatchObject({ code: 'aborted', delivery: 'not-accepted' })
  })

  it.each<[what: string, options: false | undefined | object]>([
    ['false', false],
    ['nothing', undefined],
    ['options without a connection', { port: 1, host: '192.0.2.1' }],
  ])('getSocket: Postern connects if it calls back with %s', async (_, handed) => {
    const asked: number[] = []
    const getSocket: SMTPTransportGetSocket = ({ port }, callback) => {
      asked.push(Number(port))
      callback(null, handed)
    }
    const mailer = mailerFor(provider.settings, { pool, getSocket })
    await mailer.ready()
    await mailer.sendMail(letter)
    expect(asked).toEqual([provider.ports[587], provider.ports[587]])
    expect(arrived()).toMatchObject([{ port: 587, secure: true }])
    expect(mailer.state().rungs.map(({ status }) => status)).toEqual(['up', 'untried', 'untried'])
  })

  it('getSocket: an exception fails the port', async () => {
    const asked: number[] = []
    const getSocket: SMTPTransportGetSocket = ({ port }, callback) => {
      asked.push(Number(port))
      if (port === provider.ports[587]) throw new Error('No proxy is configured for this port.')
      callback(null, false)
    }
    const mailer = mailerFor(provider.settings, { pool, getSocket })
    await mailer.sendMail(letter)
    expect(asked).toEqual([provider.ports[587], provider.ports[2525]])
    expect(arrived()).toMatchObject([{ port: 2525, secure: true }])
  })

  it('getSocket: works together with localAddress', async () => {
    await using server = await ScriptedServer.start()
    const from: (string | undefined)[] = []
    server.script.greeting = ({ say, raw }: Talk) => {
      from.push(raw.remoteAddress)
      say('220 scripted.test')
    }
    let mine = true
    const getSocket: SMTPTransportGetSocket = ({ host, port }, callback) => {
      if (!mine) return callback(null, false)
      const connection = connect({ port: Number(port), host: host!, localAddress: '127.0.0.3' }, () => callback(null, { connection }))
      return undefined
    }
    const mailer = mailerFor(server.settings(), { pool, localAddress: '127.0.0.2', getSocket })
    await mailer.ready()
    mine = false
    await mailer.examine()
    expect(from).toEqual(['127.0.0.3', '127.0.0.2'])
  })

  it.each(['connectionTimeout', 'greetingTimeout'] as const)('%s: applies to each port', async (name) => {
    const fault = name === 'connectionTimeout' ? 'black-hole' : 'silent'
    await using deaf = await startProvider({ faults: { 587: fault, 2525: fault, 465: 'refuse' } })
    const error = await failureOf(mailerFor(deaf.settings, { pool, [name]: 300, selection: { timing: impatient.timing } }).sendMail(letter))
    const code = name === 'connectionTimeout' ? 'connect-timeout' : 'greeting-timeout'
    expect(error.attempts.map(({ failure }) => failure?.code)).toEqual([code, code, 'connect-refused'])
    expect(error.attempts[0]?.failure?.message).toContain('0.3')
  })

  it('socketTimeout: ends an inactive connection', async () => {
    await using server = await ScriptedServer.start({ end: hang })
    const error = await failureOf(mailerFor(server.settings(), { pool, socketTimeout: 300 }).sendMail(letter))
    expect(error).toMatchObject({ delivery: 'unknown', stage: 'message' })
  })

  it('maxResponseSize: is the maximum size of a reply', async () => {
    await using server = await ScriptedServer.start({ MAIL: `250-${'x'.repeat(2_000)}\r\n250 ok` })
    await mailerFor(server.settings(), { pool }).sendMail(letter)
    const error = await failureOf(mailerFor(server.settings(), { pool, maxResponseSize: 1_000 }).sendMail(letter))
    expect(error).toMatchObject({ delivery: 'not-accepted' })
    expect(server.messages).toHaveLength(1)
  })

  it('logger, debug, transactionLog and component: log the same as nodemailer', async () => {
    const plain = await heardWith({ pool })
    const transaction = await heardWith({ pool, transactionLog: true })
    const debug = await heardWith({ pool, debug: true, component: 'mine' })
    expect([plain, transaction, debug].map((entries) => says(entries, 'MAIL FROM:<app@example.net>'))).toEqual([false, true, true])
    expect([plain, transaction, debug].map((entries) => says(entries, 'A few words.'))).toEqual([false, false, true])
    expect(debug.some(({ component }) => component === 'mine')).toBe(true)
    expect(plain.some(({ component }) => component === 'mine')).toBe(false)
  })

  it('disableUrlAccess: prevents requests', async () => {
    const web = createServer((_request, response) => response.end('from the web')).listen(0, '127.0.0.1')
    await once(web, 'listening')
    onTestFinished(() => void web.close())
    const message = { ...letter, attachments: [{ filename: 'a.txt', href: `http://127.0.0.1:${(web.address() as AddressInfo).port}/` }] }
    await mailerFor(provider.settings, { pool }).sendMail(message)
    expect(arrived()[0]!.raw).toContain(Buffer.from('from the web').toString('base64'))
    const error = await failureOf(mailerFor(provider.settings, { pool, disableUrlAccess: true }).sendMail(message))
    expect(error).toMatchObject({ code: 'message-unreadable', delivery: 'not-accepted' })
  })

  it('normalizeHeaderKey and maxRecipients: apply to every message', async () => {
    const mailer = mailerFor(provider.settings, { pool, normalizeHeaderKey: (key: string) => key.toUpperCase(), maxRecipients: 1 })
    await mailer.sendMail(letter)
    expect(arrived()[0]!.raw).toMatch(/^SUBJECT: Hello\r$/m)
    await expect(mailer.sendMail({ ...letter, to: 'a@example.net, b@example.net' })).rejects.toMatchObject({ code: 'EMAXRECIPIENTS' })
  })

  it.each(['auth.method', 'authMethod'])('%s: is the mechanism of the login', async (where) => {
    const auth = { ...provider.auth, ...(where === 'auth.method' && { method: 'login' }) }
    await mailerFor({ ...provider.settings, auth }, { pool, ...(where === 'authMethod' && { authMethod: 'LOGIN' }) }).sendMail(letter)
    expect(provider.logins.at(-1)).toMatchObject({ mechanism: 'LOGIN', ok: true })
    const before = provider.logins.length
    await mailerFor({ ...provider.settings, auth }, { pool, ...(where === 'authMethod' && { authMethod: 'LOGIN' }) }).ready()
    expect(provider.logins.slice(before)).toMatchObject([{ mechanism: 'LOGIN', ok: true }])
  })

  it('customAuth: gets the login as configured, with its options, and is not used by checks', async () => {
    await using server = await ScriptedServer.start({ EHLO: '250-scripted.test\r\n250 AUTH X-MINE' })
    const given: unknown[] = []
    const customAuth = {
      'x-mine': async ({ auth, sendCommand }: { auth: { credentials: unknown }; sendCommand: (line: string) => Promise<unknown> }) => {
        given.push(auth.credentials)
        await sendCommand('AUTH X-MINE 1234')
      },
    }
    const auth = { type: 'custom', method: 'X-MINE', user: 'ada', pass: 'secret', options: { realm: 'one' } }
    const mailer = mailerFor({ ...server.settings(), auth }, { pool, customAuth })
    await mailer.ready()
    expect(server.count('AUTH')).toBe(0)
    await mailer.sendMail(letter)
    expect(given).toEqual([{ user: 'ada', pass: 'secret', options: { realm: 'one' } }])
    expect([server.count('AUTH X-MINE'), server.messages.length]).toEqual([1, 1])
  })

  it('forceAuth: is always on; nothing is sent if no login is offered', async () => {
    await using server = await ScriptedServer.start({ EHLO: '250 scripted.test' })
    const error = await failureOf(mailerFor(server.settings(), { pool, forceAuth: false }).sendMail(letter))
    expect(error.attempts.map(({ failure }) => failure?.code)).toEqual(['auth-not-offered'])
    expect(server.messages).toEqual([])
  })

  it.each([
    ['requireTLS', { requireTLS: true }, 'starttls'],
    ['secure', { port: 465, secure: true }, 'implicit'],
    ['secure: false on a port', { port: 587, secure: false }, 'starttls'],
    ['a port as text', { port: '587' }, 'starttls'],
  ])('%s: sets the encryption of the port', (_, options, security) => {
    const mailer = mailerFor({ host: 'smtp.example.com', ...options }, { pool })
    expect(mailer.state().rungs[0]?.endpoint).toMatchObject({ host: 'smtp.example.com', security })
  })

  it.each([
    ['Gmail', 'smtp.gmail.com', [587, 465]],
    ['Google Mail', 'smtp.gmail.com', [587, 465]],
    ['Godaddy', 'smtpout.secureserver.net', [587, 2525, 465]],
    ['Seznam', 'smtp.seznam.cz', [465, 587, 2525]],
    ['ada@email.cz', 'smtp.seznam.cz', [465, 587, 2525]],
    ['SpacePost', 'smtp.spacepost.dev', [25976]],
    ['Maildev', 'localhost', [1025]],
  ])('service: %s sets the host and its ports', (service, host, ports) => {
    const mailer = mailerFor({ service, auth: { user: 'ada', pass: 'x' } }, { pool })
    expect(mailer.options).toMatchObject({ host })
    expect(mailer.state().rungs.map(({ endpoint }) => endpoint)).toMatchObject(ports.map((port) => ({ host, port })))
  })

  it.each([
    ['host', { host: 'smtp.example.com' }, { host: 'smtp.example.com', port: 587 }],
    ['port', { port: 587 }, { host: 'smtp.seznam.cz', port: 587 }],
    ['policy', { policy: { implicitTls: 'never' } }, { host: 'smtp.seznam.cz', port: 587 }],
  ])("service: gives way to the caller's own %s", (_, own, endpoint) => {
    const mailer = mailerFor({ service: 'Seznam', ...own }, { pool })
    expect(mailer.state().rungs[0]?.endpoint).toMatchObject(endpoint)
  })

  it('maxRequeues: sends nothing again', async () => {
    await using server = await ScriptedServer.start({ end: drop })
    const error = await failureOf(mailerFor(server.settings(), { pool, maxRequeues: 5 }).sendMail(letter))
    expect(error.delivery).toBe('unknown')
    expect(server.messages).toHaveLength(1)
  })

  it('allowInternalNetworkInterfaces: makes no difference', async () => {
    for (const allowInternalNetworkInterfaces of [true, false]) await mailerFor(provider.settings, { pool, allowInternalNetworkInterfaces }).sendMail(letter)
    expect(arrived()).toHaveLength(2)
  })

  it('works the same in a plug-in', async () => {
    await using server = await ScriptedServer.start()
    const from: (string | undefined)[] = []
    server.script.greeting = ({ say, raw }: Talk) => {
      from.push(raw.remoteAddress)
      say('220 scripted.test')
    }
    const options = { pool, localAddress: '127.0.0.2', name: 'app.example.net', selection: unhurried }
    const mailer = nodemailer.createTransport(submissionTransport(server.settings(), options))
    onTestFinished(() => mailer.close())
    await mailer.sendMail(letter)
    expect(from).toEqual(['127.0.0.2'])
    expect(server.lines.filter(isSame('EHLO app.example.net'))).toHaveLength(1)
  })
})

it('idleTimeout: closes an idle connection of the pool', async () => {
  await using server = await ScriptedServer.start()
  await mailerFor(server.settings(), { pool: true, idleTimeout: 100 }).sendMail(letter)
  await server.quiet()
  expect(server.count('QUIT')).toBeLessThanOrEqual(1)
})

it('socketCloseTimeout: does not wait for a server that keeps the connection open', async () => {
  await using server = await ScriptedServer.start({ QUIT: hang })
  const closed: Promise<unknown>[] = []
  const getSocket: SMTPTransportGetSocket = ({ host, port }, callback) => {
    const connection = connect(Number(port), host, () => callback(null, { connection }))
    closed.push(once(connection, 'close'))
  }
  await mailerFor(server.settings(), { socketCloseTimeout: 0, getSocket }).sendMail(letter)
  expect(closed).toHaveLength(1)
  await closed[0]
  expect(server.messages).toHaveLength(1)
})

async function heardWith(options: object) {
  const entries: { component?: string; text: string }[] = []
  const log = (entry: { component?: string }, ...args: unknown[]) => void entries.push({ ...entry, text: args.join(' ') })
  const logger = { trace: log, debug: log, info: log, warn: log, error: log, fatal: log, level: () => {} }
  await mailerFor(provider.settings, { logger, ...options }).sendMail(letter)
  return entries
}

function says(entries: readonly { readonly text: string }[], text: string): boolean {
  return entries.some((entry) => entry.text.includes(text))
}

function settingsUrl({ port, ca }: ScriptedServer, query: Record<string, string>): string {
  return `smtps://ada%40example.net:correct%20horse@127.0.0.1:${port}?${new URLSearchParams({ 'tls.ca': ca, ...query }).toString()}`
}
