import { type Provider, startProvider } from '@postern/testing'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import nodemailer from 'nodemailer'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { SettingsError } from '@postern/core'
import { createTransport, submissionTransport } from './index.ts'
import { failureOf, letter, mailerFor, modes, quick } from '../test/mail.ts'
import { ScriptedServer } from '../test/scripted-server.ts'

let provider: Provider
let sent = 0
beforeAll(async () => {
  provider = await startProvider()
})
afterAll(() => provider.close())
beforeEach(async () => {
  for (const port of [587, 2525, 465] as const) await provider.heal(port)
  sent = provider.messages.length
})
const arrived = () => provider.messages.slice(sent)
/** Settings for one port, as nodemailer has them. */
const nodemailerStyle = () => ({
  host: provider.host,
  port: provider.ports[587],
  secure: false,
  auth: { ...provider.auth },
  tls: { ca: provider.ca },
})

describe.each(modes)('compatibility with nodemailer, $mode', ({ pool }) => {
  it('returns the same as nodemailer', async () => {
    const ours = await mailerFor(provider.settings, { pool }).sendMail({ ...letter, messageId: '<a@example.net>' })
    const theirs = nodemailer.createTransport({ ...nodemailerStyle(), requireTLS: true, pool: pool as true })
    const info = await theirs.sendMail({ ...letter, messageId: '<a@example.net>' })
    theirs.close()
    expect(Object.keys(ours).sort()).toEqual(Object.keys(info).sort())
    expect(ours).toMatchObject({
      accepted: [letter.to],
      rejected: [],
      envelope: { from: letter.from, to: [letter.to] },
      messageId: '<a@example.net>',
      response: expect.stringMatching(/^250 /) as string,
    })
    const [first, second] = arrived().map(({ raw }) => raw.replace(/^Date: .*$/m, ''))
    expect(first).toBe(second)
  })

  it('accepts a callback instead of a promise', async () => {
    const mailer = mailerFor(provider.settings, { pool })
    const info = await new Promise((resolve, reject) => {
      expect(mailer.sendMail(letter, (error, info) => (error ? reject(error) : resolve(info)))).toBeUndefined()
    })
    expect(info).toMatchObject({ accepted: [letter.to] })
    await provider.fault(587, 'sender-rejected')
    const error = await new Promise((resolve) => mailer.sendMail(letter, (error) => resolve(error)))
    expect(error).toMatchObject({ code: 'sender-rejected', delivery: 'not-accepted' })
  })

  it('accepts nodemailer-shaped options', async () => {
    await mailerFor({ ...nodemailerStyle(), pool: pool as true, maxConnections: 2, socketTimeout: 60_000, requireTLS: true }).sendMail(letter)
    expect(arrived()).toMatchObject([{ port: 587, secure: true, user: provider.auth.user }])
  })

  it('applies defaults to every message, whose own fields take precedence', async () => {
    const mailer = mailerFor(provider.settings, { pool, from: 'Default <default@example.net>', headers: { 'X-App': 'one' }, subject: 'Default' })
    await mailer.sendMail({ to: letter.to, subject: 'Own', text: 'x' })
    expect(arrived()).toMatchObject([{ from: 'default@example.net', subject: 'Own' }])
    expect(arrived()[0]!.raw).toMatch(/^X-App: one\r$/m)
  })

  it('passes unknown fields to plug-ins, also from defaults', async () => {
    const mailer = mailerFor(provider.settings, Object.assign({ pool }, { template: 'greeting' }))
    mailer.use('compile', ({ data }, done) => {
      data.text = `the template is ${(data as unknown as { template: string }).template}`
      done()
    })
    await mailer.sendMail({ from: letter.from, to: letter.to })
    expect(arrived()).toMatchObject([{ text: 'the template is greeting' }])
  })

  it('runs plug-ins at both steps once per message, also after a fallback', async () => {
    await provider.fault(587, 'drops-at-mail')
    const steps: string[] = []
    const mailer = mailerFor(provider.settings, { pool })
    mailer.use('compile', (_mail, done) => (steps.push('compile'), done()))
    mailer.use('stream', ({ message }, done) => (steps.push('stream'), message.setHeader('X-Plugin', 'yes'), done()))
    await mailer.sendMail(letter)
    expect(steps).toEqual(['compile', 'stream'])
    expect(arrived()[0]!.raw).toMatch(/^X-Plugin: yes\r$/m)
  })

  it('rejects with the error of a plug-in', async () => {
    const mailer = mailerFor(provider.settings, { pool })
    mailer.use('compile', (_mail, done) => done(new Error('no template')))
    await expect(mailer.sendMail(letter)).rejects.toThrow('no template')
    expect(arrived()).toEqual([])
  })

  it('embeds data: images, and does not read files if that is disabled', async () => {
    const mailer = mailerFor(provider.settings, { pool, attachDataUrls: true, disableFileAccess: true })
    await mailer.sendMail({ ...letter, html: '<img src="data:image/png;base64,AAAA">' })
    expect(arrived()[0]!.raw).toMatch(/src="cid:/)
    const error = await failureOf(mailer.sendMail({ ...letter, attachments: [{ path: import.meta.filename }] }))
    expect(error).toMatchObject({ code: 'message-unreadable', delivery: 'not-accepted' })
    expect(arrived()).toHaveLength(1)
  })

  it('verifies with a promise and with a callback', async () => {
    const mailer = mailerFor(provider.settings, { pool })
    await expect(mailer.verify()).resolves.toBe(true)
    await expect(new Promise((resolve, reject) => mailer.verify((error, ok) => (error ? reject(error) : resolve(ok))))).resolves.toBe(true)
    expect(arrived()).toEqual([])
  })

  it.each([
    ['a false password', 'auth-rejected'],
    ['no login offered', 'auth-not-offered'],
  ] as const)('does not verify with %s', async (_, fault) => {
    for (const port of [587, 2525, 465] as const) await provider.fault(port, fault)
    const before = provider.logins.length
    const mailer = mailerFor(provider.settings, { pool })
    await expect(mailer.verify()).rejects.toMatchObject({ code: 'no-usable-endpoint', diagnosis: { code: fault } })
    const error = await new Promise((resolve) => mailer.verify((error) => resolve(error)))
    expect(error).toMatchObject({ code: 'no-usable-endpoint' })
    expect(provider.logins.slice(before).length).toBe(fault === 'auth-rejected' ? 1 : 0)
  })

  it('uses a proxy for checks and messages', async () => {
    const proxy = await startProxy()
    const mailer = mailerFor(provider.settings, { pool, proxy: proxy.url })
    await mailer.ready()
    expect(proxy.asked).toEqual([`${provider.host}:${provider.ports[587]}`])
    await mailer.sendMail(letter)
    expect(arrived()).toMatchObject([{ port: 587, secure: true }])
    expect(new Set(proxy.asked)).toEqual(new Set([`${provider.host}:${provider.ports[587]}`]))
    expect(proxy.asked.length).toBeGreaterThan(1)
  })

  it('tries all ports through a proxy', async () => {
    const proxy = await startProxy()
    await provider.fault(587, 'no-starttls')
    const plugIn = submissionTransport(provider.settings, { pool, proxy: proxy.url, selection: quick })
    const mailer = nodemailer.createTransport(plugIn)
    onTestFinished(() => mailer.close())
    await mailer.sendMail(letter)
    expect(arrived()).toMatchObject([{ port: 2525, secure: true }])
    expect(proxy.asked).toContain(`${provider.host}:${provider.ports[2525]}`)
  })

  it('uses a proxy of another kind with a custom handler', async () => {
    const asked: string[] = []
    const mailer = mailerFor(provider.settings, { pool, proxy: 'pigeon://loft.example:1' })
    mailer.set('proxy_handler_pigeon', ((proxy: URL, { host, port }: { host: string; port: number }, done: (error: null, way: object) => void) => {
      asked.push(`${proxy.hostname} to ${port}`)
      const connection = connect(port, host, () => done(null, { connection }))
    }) as never)
    await mailer.sendMail(letter)
    expect(arrived()).toMatchObject([{ port: 587, secure: true }])
    expect(asked).toEqual([`loft.example to ${provider.ports[587]}`])
  })

  it('uses SOCKS with the configured module', async () => {
    const asked: unknown[] = []
    const mailer = mailerFor(provider.settings, { pool, proxy: 'socks5://joe:word@127.0.0.1:1080' })
    const createConnection = (options: { destination: { host: string; port: number } }, done: (error: null, way: { socket: Socket }) => void) => {
      asked.push(options)
      const { host, port } = options.destination
      const socket = connect(port, host, () => done(null, { socket }))
    }
    mailer.set('proxy_socks_module', { SocksClient: { createConnection } })
    await mailer.sendMail(letter)
    expect(arrived()).toMatchObject([{ port: 587, secure: true }])
    const proxy = { ipaddress: '127.0.0.1', port: 1080, type: 5, userId: 'joe', password: 'word' }
    expect(asked).toMatchObject([{ proxy, destination: { host: provider.host, port: provider.ports[587] }, command: 'connect' }])
  })

  it('reports that a proxy does not answer', async () => {
    const error = await failureOf(mailerFor(provider.settings, { pool, proxy: 'http://127.0.0.1:1' }).sendMail(letter))
    expect(error).toMatchObject({ code: 'no-usable-endpoint', delivery: 'not-accepted', retryable: true })
    expect(arrived()).toEqual([])
  })

  it("opens its connections with the caller's own getSocket", async () => {
    const asked: unknown[] = []
    const getSocket = ({ host, port }: { host?: string; port?: number }, callback: (error: null, options: { connection: Socket }) => void) => {
      asked.push(port)
      const connection = connect(port!, host, () => callback(null, { connection }))
    }
    await mailerFor({ ...provider.settings, getSocket } as never, { pool }).sendMail(letter)
    expect(asked).toEqual([provider.ports[587]])
    expect(arrived()).toMatchObject([{ port: 587, secure: true }])
  })

  it('sends to a server with an unverified certificate if that is configured', async () => {
    await provider.fault(587, 'certificate-name')
    await mailerFor({ ...provider.settings, tls: { rejectUnauthorized: false } }, { pool }).sendMail(letter)
    expect(arrived()).toMatchObject([{ port: 587, secure: true }])
  })

  it('works as a plug-in, with its options', async () => {
    const mailer = nodemailer.createTransport(submissionTransport(provider.settings, { pool, selection: quick }), { from: letter.from })
    onTestFinished(() => mailer.close())
    const { from: _, ...message } = letter
    await mailer.sendMail(message)
    expect(arrived()).toMatchObject([{ from: letter.from, port: 587 }])
    await expect(mailer.verify()).resolves.toBe(true)
  })

  it('sends without a login if none is configured', async () => {
    await using open = await startProvider({ requireAuth: false })
    const { auth: _, ...settings } = open.settings
    const mailer = mailerFor(settings, { pool })
    await mailer.sendMail(letter)
    expect(open.messages).toMatchObject([{ port: 587, user: undefined }])
    expect(open.logins).toEqual([])
  })

  it('does not abort a message that takes longer than a reply timeout', async () => {
    await using server = await ScriptedServer.start()
    const { auth: _, ...settings } = server.settings()
    const slow = (async function* () {
      for (let part = 0; part < 10; part += 1) {
        yield 'a part of it\n'
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    })()
    const { Readable } = await import('node:stream')
    // The timeout of a reply is a fraction of the time for the message.
    const selection = { ...quick, budgets: { ...quick.budgets, reply: 700 } }
    await mailerFor(settings, { pool, selection }).sendMail({ ...letter, text: Readable.from(slow) })
    expect(server.messages).toHaveLength(1)
  })

  it.each([
    { auth: { type: 'OAuth2', clientId: 'c', refreshToken: 'r' } },
    { service: 'no-such-service' },
    { tsl: {} },
    { security: 'maybe' },
  ])('refuses unsupported settings: %j', (settings) => {
    expect(() => createTransport({ host: 'smtp.example.com', ...settings }, { pool })).toThrow(SettingsError)
  })
})

describe('URLs', () => {
  it('reads a plain one', async () => {
    await mailerFor(url({})).sendMail(letter)
    expect(arrived()).toMatchObject([{ port: 587, secure: true, user: provider.auth.user }])
  })

  it.each([
    ['in the query of a URL', () => url({ pool: 'true', maxConnections: '1' })],
    ['in the query of an object with a URL', () => ({ url: url({ pool: 'true', maxConnections: '1' }) })],
    ['beside a URL', () => ({ url: url({}), pool: true as const, maxConnections: 1 })],
  ])('reads the options of a pool %s', async (_, settings) => {
    const mailer = mailerFor(settings())
    const before = provider.connections[587]
    await Promise.all([1, 2, 3].map(() => mailer.sendMail(letter)))
    expect(arrived()).toHaveLength(3)
    expect(provider.connections[587] - before).toBe(1)
  })
})

describe('a login of the message', () => {
  it('is used instead of the login of the transport', async () => {
    await using server = await startProvider({ users: { ada: 'one', bob: 'two' } })
    await mailerFor(server.settings).sendMail({ ...letter, auth: { user: 'bob', pass: 'two' } })
    expect(server.messages).toMatchObject([{ user: 'bob' }])
    expect(server.logins).toMatchObject([{ user: 'bob', ok: true }])
  })

  it('is required even if the transport has none', async () => {
    await using server = await startProvider({ users: { bob: 'two' } })
    const { auth: _, ...settings } = server.settings
    const mailer = mailerFor(settings)
    await mailer.sendMail({ ...letter, auth: { user: 'bob', pass: 'two' } })
    expect(server.messages).toMatchObject([{ user: 'bob' }])
    for (const port of [587, 2525, 465] as const) await server.fault(port, 'auth-not-offered')
    await failureOf(mailer.sendMail({ ...letter, auth: { user: 'bob', pass: 'two' } }))
    expect(server.messages).toHaveLength(1)
  })

  it('may be a token', async () => {
    await using server = await startProvider({ users: { bob: 'token' } })
    const { auth: _, ...settings } = server.settings
    await mailerFor(settings).sendMail({ ...letter, auth: { type: 'OAuth2', user: 'bob', accessToken: 'token' } })
    expect(server.logins).toMatchObject([{ user: 'bob', ok: true, mechanism: 'XOAUTH2' }])
    expect(server.messages).toHaveLength(1)
  })

  it('uses only the mechanism that the caller names', async () => {
    await mailerFor(provider.settings, { authMethod: 'LOGIN' }).sendMail(letter)
    expect(provider.logins.at(-1)).toMatchObject({ mechanism: 'LOGIN', ok: true })
    const error = await failureOf(mailerFor(provider.settings, { authMethod: 'CRAM-MD5' }).sendMail(letter))
    expect(error).toMatchObject({ code: 'no-usable-endpoint', delivery: 'not-accepted' })
    expect(arrived()).toHaveLength(1)
  })

  it("may be the caller's own to make", async () => {
    const logIn = async (context: { sendCommand(line: string): Promise<{ status: number }> }) => {
      const { user, pass } = provider.auth
      const { status } = await context.sendCommand(`AUTH PLAIN ${Buffer.from(`\0${user}\0${pass}`).toString('base64')}`)
      if (status !== 235) throw new Error('no')
    }
    await mailerFor(provider.settings, { customAuth: { 'X-MINE': logIn }, authMethod: 'X-MINE' }).sendMail(letter)
    expect(arrived()).toMatchObject([{ user: provider.auth.user }])
  })
})

function url(query: Record<string, string>): string {
  const { user, pass } = provider.auth
  const search = new URLSearchParams({ 'tls.ca': provider.ca, ...query })
  return `smtp://${encodeURIComponent(user)}:${encodeURIComponent(pass)}@${provider.host}:${provider.ports[587]}?${search.toString()}`
}

/** An HTTP CONNECT proxy. */
async function startProxy() {
  const asked: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer().listen(0, '127.0.0.1')
  server.on('connect', ({ url = '' }, client: Socket) => {
    asked.push(url)
    const { hostname, port } = new URL(`http://${url}`)
    const onward = connect(Number(port), hostname, () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n')
      client.pipe(onward).pipe(client)
    })
    for (const socket of [client, onward]) sockets.add(socket.on('error', () => {}))
    client.on('close', () => onward.destroy())
    onward.on('close', () => client.destroy())
  })
  await once(server, 'listening')
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    server.close()
    await once(server, 'close')
  })
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}
