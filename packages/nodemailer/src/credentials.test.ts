import type { SecretRequest, SecretSource, SmtpSettings } from '@postern/core'
import { type Provider, startProvider } from '@postern/testing'
import { createCertificates } from '@postern/testing/certificates'
import { once } from 'node:events'
import { inspect } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { failureOf, letter, mailerFor, modes, unhurried } from '../test/mail.ts'
import { last, ScriptedServer, type Talk } from '../test/scripted-server.ts'
import { type TokenAnswer, TokenServer } from '../test/token-server.ts'

const user = 'ada@example.net'
let provider: Provider
let [sent, tried] = [0, 0]
beforeAll(async () => {
  provider = await startProvider({ users: { [user]: 'token-1' } })
})
afterAll(() => provider.close())
beforeEach(async () => {
  for (const port of [587, 2525, 465] as const) await provider.heal(port)
  provider.setSecret(user, 'token-1')
  ;[sent, tried] = [provider.messages.length, provider.logins.length]
})
const arrived = () => provider.messages.slice(sent)
const logins = () => provider.logins.slice(tried).map(({ ok, mechanism, port }) => `${mechanism} ${ok} ${port}`)
/** The whole ladder. */
const settings = (auth: SmtpSettings['auth']): SmtpSettings => ({ ...provider.settings, auth })

/** Returns the secrets in order, and records the requests. */
function giving(...secrets: readonly string[]): SecretSource & { readonly asked: SecretRequest[] } {
  const asked: SecretRequest[] = []
  return Object.assign((request: SecretRequest) => (asked.push(request), secrets[Math.min(asked.length, secrets.length) - 1]!), { asked })
}

/** A logger that records its entries. */
function recorder() {
  const heard: unknown[] = []
  const log = (...args: unknown[]) => void heard.push(...args)
  return { heard, logger: { trace: log, debug: log, info: log, warn: log, error: log, fatal: log, level: log } }
}

const printed = (what: unknown) => `${inspect(what, { depth: 12, showHidden: true })} ${String(what)} ${JSON.stringify(what)}`

describe.each(modes)('a secret from a function, $mode', ({ pool }) => {
  it('is used for checks and messages, with one call per connection', async () => {
    const accessToken = giving('token-1')
    const mailer = mailerFor(settings({ user, accessToken }), { pool })
    await mailer.ready()
    await mailer.sendMail(letter)
    await mailer.sendMail(letter)
    expect(arrived()).toHaveLength(2)
    expect(accessToken.asked.map(({ renew }) => renew)).toEqual(pool ? [false, false] : [false, false, false])
    expect(logins()).toEqual(accessToken.asked.map(() => 'XOAUTH2 true 587'))
  })

  it('may be a password', async () => {
    const pass = giving('token-1')
    await mailerFor(settings({ user, pass }), { pool }).sendMail(letter)
    expect([logins(), pass.asked.length]).toEqual([['PLAIN true 587'], 1])
  })

  it('is renewed once after a refused token, on the same connection', async () => {
    const accessToken = giving('token-0', 'token-1')
    const before = provider.connections[587]
    await mailerFor(settings({ user, accessToken }), { pool }).sendMail(letter)
    expect(accessToken.asked.map(({ renew }) => renew)).toEqual([false, true])
    expect(logins()).toEqual(['XOAUTH2 false 587', 'XOAUTH2 true 587'])
    expect([arrived().length, provider.connections[587] - before]).toEqual([1, 1])
  })

  it.each([
    ['there is no other token', giving('token-0'), 1],
    ['the other one is refused too', giving('token-0', 'token-00', 'token-1'), 2],
  ])('is not tried again if %s', async (_, accessToken, times) => {
    const error = await failureOf(mailerFor(settings({ user, accessToken }), { pool }).sendMail(letter))
    expect(error).toMatchObject({ code: 'auth-rejected', responseCode: 535, delivery: 'not-accepted', retryable: false })
    expect(logins()).toEqual(Array.from({ length: times }, () => 'XOAUTH2 false 587'))
    expect(arrived()).toEqual([])
  })

  it('is not renewed if it is a password', async () => {
    const pass = giving('token-0', 'token-1')
    const error = await failureOf(mailerFor(settings({ user, pass }), { pool }).sendMail(letter))
    expect(error.code).toBe('auth-rejected')
    expect([logins(), pass.asked.length]).toEqual([['PLAIN false 587'], 1])
  })

  it.each<[how: string, accessToken: SecretSource]>([
    ['throws', () => { throw new Error('no token today') }],
    ['rejects', () => Promise.reject(new Error('no token today'))],
    ['gives nothing', giving('')],
    ['never answers', () => new Promise(() => {})],
  ])('fails the message temporarily if the function %s, at one port, without sending anything', async (how, accessToken) => {
    const { logger, heard } = recorder()
    const selection = { ...unhurried, budgets: { ...unhurried.budgets, reply: 400 } }
    const mailer = mailerFor(settings({ user, accessToken }), { pool, logger, selection })
    const error = await failureOf(mailer.sendMail(letter))
    expect(error).toMatchObject({ code: 'auth-temporary', stage: 'auth', delivery: 'not-accepted', retryable: true, responseCode: undefined })
    expect(error.message).toContain('auth.accessToken returned no secret')
    expect(error.attempts.map(({ endpoint }) => endpoint.port)).toEqual([provider.ports[587]])
    expect([logins(), arrived()]).toEqual([[], []])
    // The port is not marked as down.
    expect(mailer.state().rungs[0]).toMatchObject({ status: 'up' })
    await expect(mailer.ready()).rejects.toMatchObject({ diagnosis: { code: 'auth-temporary' } })
    expect(heard.map(printed).join().includes('no token today')).toBe(/throws|rejects/.test(how))
  })

  it('may take some time', async () => {
    // Server and function are slow, but each within the reply timeout.
    await using server = await ScriptedServer.start({ EHLO: inAMomentToo })
    const selection = { ...unhurried, budgets: { ...unhurried.budgets, reply: 1_000 } }
    await mailerFor({ ...server.settings(), auth: { user, accessToken: inAMoment } }, { pool, selection }).sendMail(letter)
    expect([server.connections, server.messages.length]).toEqual([1, 1])
  })

  it('is not requested if no suitable login is offered', async () => {
    for (const port of [587, 2525, 465] as const) await provider.fault(port, 'auth-not-offered')
    const accessToken = giving('token-1')
    const error = await failureOf(mailerFor(settings({ user, accessToken }), { pool }).sendMail(letter))
    expect(error.attempts.map(({ failure }) => failure?.code)).toEqual(['auth-not-offered', 'auth-not-offered', 'auth-not-offered'])
    expect(accessToken.asked).toEqual([])
  })

  it('gets an aborted signal when it is no longer needed', async () => {
    const caller = new AbortController()
    let told: Promise<unknown> | undefined
    const accessToken: SecretSource = ({ signal }) => {
      told = once(signal, 'abort')
      setImmediate(() => caller.abort())
      return new Promise(() => {})
    }
    const error = await failureOf(mailerFor(settings({ user, accessToken }), { pool }).sendMail({ ...letter, signal: caller.signal }))
    expect(error).toMatchObject({ code: 'aborted', delivery: 'not-accepted' })
    await told
    expect(logins()).toEqual([])
  })

  it('is requested again at the next port if the connection is lost before it was sent', async () => {
    await using server = await ScriptedServer.start({ EHLO: '250-scripted.test\r\n250 AUTH XOAUTH2' })
    await using other = await ScriptedServer.start({ EHLO: '250-scripted.test\r\n250 AUTH XOAUTH2' })
    let asked = 0
    const accessToken: SecretSource = () => {
      asked += 1
      if (asked > 1) return 'token-1'
      for (const socket of server.sockets) socket.destroy()
      return new Promise(() => {})
    }
    await mailerFor({ ...server.settings(other), auth: { user, accessToken } }, { pool }).sendMail(letter)
    expect([asked, server.count('AUTH'), other.count('AUTH'), other.messages.length]).toEqual([2, 0, 1, 1])
  })

  it('is not sent to the next port if the server refuses it and closes the connection', async () => {
    await using server = await ScriptedServer.start({ EHLO: '250-scripted.test\r\n250 AUTH XOAUTH2', AUTH: last('535 5.7.8 no\r\n') })
    await using other = await ScriptedServer.start({ EHLO: '250-scripted.test\r\n250 AUTH XOAUTH2' })
    const error = await failureOf(mailerFor({ ...server.settings(other), auth: { user, accessToken: neverRenewed } }, { pool }).sendMail(letter))
    expect(error).toMatchObject({ code: 'auth-temporary', delivery: 'not-accepted', retryable: true })
    expect([server.count('AUTH'), other.count('AUTH')]).toEqual([1, 0])
  })

  it('appears nowhere, neither the old nor the new one, although the server repeats it', async () => {
    const [old, fresh] = ['old/kumquat+token==', 'fresh/kumquat+token==']
    const echo = (talk: Talk) => {
      const token = Buffer.from(talk.server.lines.at(-1)!.line.split(' ')[2]!, 'base64').toString()
      talk.say(`535 5.7.8 not with ${token.includes(old) ? old : fresh} ${Buffer.from(token).toString('base64')}`)
    }
    await using server = await ScriptedServer.start({ EHLO: '250-scripted.test\r\n250 AUTH XOAUTH2', AUTH: echo })
    const { heard, logger } = recorder()
    const mailer = mailerFor({ ...server.settings(), auth: { user, accessToken: giving(old, fresh) } }, { pool, logger, debug: true, transactionLog: true })
    const error = await failureOf(mailer.sendMail(letter))
    const notReady = await mailer.ready().catch((error: unknown) => error)
    const text = [error, error.response, notReady, mailer.state(), await mailer.health(), mailer, mailer.transporter, ...heard].map(printed).join('\n')
    expect(error.response).toContain('not with [hidden]')
    expect(server.count('AUTH')).toBeGreaterThan(1)
    for (const secret of [old, fresh, encodeURIComponent(old), Buffer.from(fresh).toString('base64')]) expect(text).not.toContain(secret)
  })
})

describe.each(modes)("nodemailer's OAuth2 settings, $mode", ({ pool }) => {

  it('request one token for the check and all messages', async () => {
    await using tokens = await TokenServer.start(fresh('token-1'))
    const mailer = mailerFor(options({ accessUrl: tokens.url, customParams: { tenant: 'one' }, customHeaders: { 'X-App': 'mine' } }), { pool })
    await mailer.ready()
    await Promise.all([1, 2, 3].map(() => mailer.sendMail(letter)))
    expect(arrived()).toHaveLength(3)
    expect(tokens.asked).toEqual([
      { client_id: 'the-app', client_secret: 'kumquat-client', refresh_token: 'kumquat-refresh', grant_type: 'refresh_token', tenant: 'one' },
    ])
    expect(tokens.headers).toMatchObject({ 'x-app': 'mine' })
    expect(new Set(logins())).toEqual(new Set(['XOAUTH2 true 587']))
  })

  it('use a configured token until it expires, and then request another one', async () => {
    await using tokens = await TokenServer.start(fresh('token-2'))
    const mailer = mailerFor(options({ accessUrl: tokens.url, accessToken: 'token-1', expires: Date.now() + 3_600_000 }), { pool })
    await mailer.sendMail(letter)
    expect(tokens.asked).toEqual([])

    provider.setSecret(user, 'token-2')
    const stale = mailerFor(options({ accessUrl: tokens.url, accessToken: 'token-1', expires: Date.now() - 1 }), { pool })
    // In seconds, from now.
    await mailerFor(options({ accessUrl: tokens.url, accessToken: 'token-2', timeout: 60 }), { pool }).sendMail(letter)
    expect(tokens.asked).toEqual([])
    await stale.sendMail(letter)
    expect(tokens.asked).toHaveLength(1)
    expect(logins()).toEqual(['XOAUTH2 true 587', 'XOAUTH2 true 587', 'XOAUTH2 true 587'])
  })

  it('request another token when the server refuses the current one, and emit it', async () => {
    await using tokens = await TokenServer.start(fresh('token-2'))
    provider.setSecret(user, 'token-2')
    const mailer = mailerFor(options({ accessUrl: tokens.url, accessToken: 'token-1' }), { pool })
    const told = once(mailer, 'token')
    await mailer.sendMail(letter)
    expect(await told).toMatchObject([{ user, accessToken: 'token-2' }])
    expect(logins()).toEqual(['XOAUTH2 false 587', 'XOAUTH2 true 587'])
  })

  it.each<[how: string, answer: () => TokenAnswer]>([
    ['refuses', () => ({ error: 'invalid_grant', error_description: 'revoked' })],
    ['hangs', () => 'hang'],
  ])('fail the message temporarily if the token server %s, and log the reason', async (how, answer) => {
    await using tokens = await TokenServer.start(answer)
    const { heard, logger } = recorder()
    const selection = { ...unhurried, budgets: { ...unhurried.budgets, reply: 400 } }
    const error = await failureOf(mailerFor(options({ accessUrl: tokens.url }), { pool, logger, debug: true, selection }).sendMail(letter))
    expect(error).toMatchObject({ code: 'auth-temporary', delivery: 'not-accepted', retryable: true })
    expect([logins(), arrived()]).toEqual([[], []])
    const text = [error, ...heard].map(printed).join('\n')
    expect(text.includes('invalid_grant: revoked')).toBe(how === 'refuses')
    expect(text).not.toMatch(/kumqua/)
  })

  it.each(['in the settings', 'on the transporter'])('call a provision callback %s, and again for another token', async (where) => {
    provider.setSecret(user, 'token-2')
    const asked: boolean[] = []
    const provide = (name: string, renew: boolean, done: (error: null, token: string, expires?: number) => void) => {
      expect(name).toBe(user)
      asked.push(renew)
      done(null, renew ? 'token-2' : 'token-1')
    }
    const mailer = mailerFor(options(where === 'in the settings' ? { provisionCallback: provide } : {}), { pool })
    if (where === 'on the transporter') mailer.set('oauth2_provision_cb', provide)
    await mailer.sendMail(letter)
    await mailer.ready()
    expect(asked).toEqual([false, true])
    expect(logins().slice(0, 2)).toEqual(['XOAUTH2 false 587', 'XOAUTH2 true 587'])
  })

  it.each<[how: string, provide: () => void]>([
    ['throws', () => { throw new Error('no token') }],
    ['never calls back', () => {}],
  ])('time out if a provision callback %s', async (_, provide) => {
    let times = 0
    const provisionCallback = (_user: string, _renew: boolean, done: (error: null, token: string) => void) => {
      times += 1
      if (times === 1) provide()
      else done(null, 'token-1')
    }
    const selection = { ...unhurried, budgets: { ...unhurried.budgets, reply: 600 } }
    const mailer = mailerFor(options({ provisionCallback, requestTimeout: 200 }), { pool, selection })
    expect(await failureOf(mailer.sendMail(letter))).toMatchObject({ code: 'auth-temporary' })
    await mailer.sendMail(letter)
    expect(logins()).toEqual(['XOAUTH2 true 587'])
  })

  it('sign a request for a service account', async () => {
    const { generateKeyPairSync } = await import('node:crypto')
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    await using tokens = await TokenServer.start(fresh('token-1'))
    const service = { serviceClient: 'service@example.net', scope: 'mail', serviceRequestTimeout: 60 }
    const auth = { ...service, privateKey, accessUrl: tokens.url, refreshToken: undefined }
    await mailerFor(options(auth), { pool }).sendMail(letter)
    expect(tokens.asked).toMatchObject([{ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer' }])
    const [, claims] = tokens.asked[0]!.assertion!.split('.')
    const claimed = JSON.parse(Buffer.from(claims!, 'base64url').toString()) as { iat: number; exp: number }
    expect(claimed).toMatchObject({ iss: 'service@example.net', scope: 'mail', sub: user, aud: tokens.url })
    expect(claimed.exp - claimed.iat).toBe(60)
  })

  it('use the TLS options for the token server', async () => {
    const certificates = await createCertificates('127.0.0.1')
    await using tokens = await TokenServer.start(fresh('token-1'), await certificates.issue('trusted'))
    const untrusting = options({ accessUrl: tokens.url })
    expect(await failureOf(mailerFor(untrusting, { pool }).sendMail(letter))).toMatchObject({ code: 'auth-temporary' })
    expect(tokens.asked).toEqual([])
    await mailerFor(options({ accessUrl: tokens.url, tls: { ca: certificates.ca } }), { pool }).sendMail(letter)
    expect(tokens.asked).toHaveLength(1)
    expect(logins()).toEqual(['XOAUTH2 true 587'])
  })

  it('are logged with the configured name', async () => {
    await using tokens = await TokenServer.start(fresh('token-1'))
    const { heard, logger } = recorder()
    await mailerFor(options({ accessUrl: tokens.url, component: 'tokens-of-mine' }), { pool, logger }).sendMail(letter)
    expect(heard).toContainEqual(expect.objectContaining({ component: 'tokens-of-mine' }))
  })

  it('print no secret, although the mail server repeats all of them', async () => {
    await using tokens = await TokenServer.start(fresh('kumquat-fetched'))
    const said = '535 5.7.8 not with kumquat-fetched, kumquat-client or kumquat-refresh'
    await using server = await ScriptedServer.start({ EHLO: '250-scripted.test\r\n250 AUTH XOAUTH2', AUTH: said })
    const { heard, logger } = recorder()
    const mailer = mailerFor({ ...server.settings(), auth: oauth2({ accessUrl: tokens.url }) }, { pool, logger, debug: true, transactionLog: true })
    const error = await failureOf(mailer.sendMail(letter))
    const text = [error, error.response, await mailer.ready().catch(String), mailer.state(), mailer, mailer.transporter, ...heard].map(printed).join('\n')
    expect(error.response).toBe('535 5.7.8 not with [hidden], [hidden] or [hidden]')
    expect(text).not.toContain('kumqua')
  })
})

/** OAuth2 settings of a transport. */
const oauth2At = ({ url }: TokenServer) => ({ type: 'OAuth2', user, clientId: 'the-app', clientSecret: 'one', refreshToken: 'ada-refresh', accessUrl: url, accessToken: 'token-1' })

describe('a message with its own token', () => {
  it('uses it, and renews it with the OAuth2 settings of the transport', async () => {
    await using tokens = await TokenServer.start(() => ({ access_token: 'bob-2', expires_in: 3_600 }))
    provider.setSecret('bob', 'bob-2')
    const mailer = mailerFor({ ...provider.settings, auth: oauth2At(tokens) })
    await mailer.sendMail({ ...letter, auth: { user: 'bob', accessToken: 'bob-1', refreshToken: 'bob-refresh' } })
    expect(arrived()).toMatchObject([{ user: 'bob' }])
    expect(tokens.asked).toMatchObject([{ client_id: 'the-app', refresh_token: 'bob-refresh' }])
    expect(logins()).toEqual(['XOAUTH2 false 587', 'XOAUTH2 true 587'])
    await mailer.sendMail(letter)
    expect(arrived()).toMatchObject([{ user: 'bob' }, { user }])
    expect(tokens.asked).toHaveLength(1)
  })

  it.each(
    [
      { form: 'a password', auth: { user: 'bob', pass: 'old' } },
      { form: 'a token', auth: { user: 'bob', accessToken: 'old' } },
      { form: 'OAuth2 with a token', auth: { type: 'OAuth2', user: 'bob', accessToken: 'old' } },
      { form: 'OAuth2 with a refused refresh token', auth: { type: 'OAuth2', user: 'bob', accessToken: 'old', refreshToken: 'bob-refresh' } },
    ].flatMap(({ form, auth }) => [1, 2, 12].flatMap((count) => [true, false].map((wasAccepted) => ({ form, auth, count, wasAccepted })))),
  )('is refused once for $count messages with the same one: $form, accepted before: $wasAccepted', async ({ auth, count, wasAccepted }) => {
    await using tokens = await TokenServer.start(() => ({ error: 'invalid_grant' }))
    const mailer = mailerFor({ ...provider.settings, auth: 'type' in auth ? oauth2At(tokens) : undefined })
    const own = () => ({ ...letter, auth: { ...auth } })
    provider.setSecret('bob', 'old')
    if (wasAccepted) await Promise.all(Array.from({ length: 3 }, () => mailer.sendMail(own())))
    provider.setSecret('bob', 'new')
    const before = logins().length
    const errors = await Promise.all(Array.from({ length: count }, () => failureOf(mailer.sendMail(own()))))
    expect(new Set(errors.map(({ code }) => code)).size).toBe(1)
    expect(logins().slice(before).map((login) => login.split(' ')[1])).toEqual(['false'])
  })

  it('requests one token for all messages with the same settings', async () => {
    await using tokens = await TokenServer.start(() => ({ access_token: 'bob-3', expires_in: 3_600 }))
    provider.setSecret('bob', 'bob-3')
    const mailer = mailerFor({ ...provider.settings, auth: oauth2At(tokens) })
    const own = { user: 'bob', accessToken: undefined, refreshToken: 'bob-refresh' }
    await Promise.all(Array.from({ length: 12 }, () => mailer.sendMail({ ...letter, auth: { ...own } })))
    await mailer.sendMail({ ...letter, auth: { ...own } })
    expect([tokens.asked.length, arrived().length]).toEqual([1, 13])
  })

  it('does not count as evidence for the login of the transport', async () => {
    provider.setSecret('bob', 'two')
    const mailer = mailerFor(settings({ user, pass: 'wrong' }))
    await mailer.sendMail({ ...letter, auth: { user: 'bob', pass: 'two' } })
    await expect(mailer.ready()).rejects.toMatchObject({ diagnosis: { code: 'auth-rejected' } })
  })
})

it('passes nodemailer a placeholder for the secret', async () => {
  const given: unknown[] = []
  const getSocket = (options: object, callback: (error: null, socket: false) => void) => {
    given.push(options)
    callback(null, false)
  }
  const mailer = mailerFor({ ...settings({ user, pass: 'token-1' }), getSocket })
  await mailer.sendMail(letter)
  expect(given.length).toBeGreaterThan(0)
  expect(inspect(given, { depth: 9 })).not.toContain('token-1')
})

const inAMoment: SecretSource = () => new Promise((resolve) => setTimeout(() => resolve('token-1'), 600))

const inAMomentToo = ({ say }: Talk) => setTimeout(() => say('250-scripted.test\r\n250 AUTH XOAUTH2'), 600)

const neverRenewed: SecretSource = ({ renew }) => (renew ? new Promise(() => {}) : 'token-0')

/** nodemailer's OAuth2 settings. */
function options(auth: object) {
  return { host: provider.host, port: provider.ports[587], tls: { ca: provider.ca }, auth: oauth2(auth) }
}

function oauth2(more: object) {
  return { type: 'OAuth2', user, clientId: 'the-app', clientSecret: 'kumquat-client', refreshToken: 'kumquat-refresh', ...more }
}

function fresh(token: string): () => TokenAnswer {
  return () => ({ access_token: token, expires_in: 3_600 })
}
