import { createTransport, type CreateTransportOptions, DeliveryError, type Transporter } from '@postern/nodemailer'
import { type Provider, startProvider } from '@postern/testing'
import { inspect } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { app, AuthorizationServer, lifetimes, serviceAccount, tenant, user } from '../test/authorization-server.ts'
import { googleServiceAccount } from './google.ts'
import { microsoftClientCredentials, microsoftRefreshToken } from './microsoft.ts'
import { OAuth2Error } from './oauth2-error.ts'
import type { TokenSource } from './token-source.ts'

let provider: Provider
let server: AuthorizationServer
beforeAll(async () => {
  provider = await startProvider({ users: { [user]: 'no token yet' } })
  server = await AuthorizationServer.start()
  // The mail server takes the latest token.
  server.onIssued = (token) => provider.setSecret(user, token)
})
afterAll(async () => {
  await provider.close()
  await server[Symbol.asyncDispose]()
})
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterEach(() => {
  vi.useRealTimers()
  server.outage = undefined
})

const letter = { from: user, to: 'bob@example.net', subject: 'Hello', text: 'It works.' }
const withdraw = () => provider.setSecret(user, 'another token')

function mailerWith(accessToken: TokenSource, options: CreateTransportOptions = {}): Transporter {
  const mailer = createTransport({ ...provider.settings, auth: { user, accessToken } }, { endpointTimeout: 0, ...options })
  onTestFinished(() => mailer.close({ force: true }))
  return mailer
}

/** What happens from now on: requests to the authorization server, logins and messages at the mail server. */
function recording() {
  const before = [server.requests.length, provider.logins.length, provider.messages.length] as const
  return () => ({
    requests: server.requests.slice(before[0]),
    logins: provider.logins.slice(before[1]).map(({ mechanism, ok }) => `${mechanism} ${ok}`),
    messages: provider.messages.length - before[2],
  })
}

async function failureOf(sending: Promise<unknown>): Promise<DeliveryError> {
  const error: unknown = await sending.then(() => new Error('The message was accepted.'), (error: unknown) => error)
  if (!DeliveryError.isInstance(error)) throw error
  return error
}

describe.each([false, true])('a transport (pool: %s) with tokens', (pool) => {
  it('sends, requests another token once the first has ended, and sends', async () => {
    const since = recording()
    const mailer = mailerWith(microsoftClientCredentials({ ...app, tenant, authority: server.url }), { pool, maxMessages: 1 })
    await mailer.sendMail(letter)
    await mailer.sendMail(letter)
    vi.setSystemTime(Date.now() + lifetimes.access * 1_000)
    withdraw()
    await mailer.sendMail(letter)
    expect(since()).toEqual({
      requests: ['client_credentials ok', 'client_credentials ok'],
      logins: ['XOAUTH2 true', 'XOAUTH2 true', 'XOAUTH2 true'],
      messages: 3,
    })
  })

  it('has a token that the mail server refuses renewed, in the same send', async () => {
    const since = recording()
    const mailer = mailerWith(googleServiceAccount({ key: serviceAccount, user, tokenEndpoint: server.googleEndpoint }), { pool, maxMessages: 1 })
    await mailer.sendMail(letter)
    withdraw()
    await mailer.sendMail(letter)
    expect(since()).toMatchObject({ logins: ['XOAUTH2 true', 'XOAUTH2 false', 'XOAUTH2 true'], messages: 2 })
  })

  it('says clearly that a refresh token was revoked', async () => {
    let latest = await server.signIn()
    const onRefreshToken = (token: string) => {
      latest = token
    }
    const mailer = mailerWith(microsoftRefreshToken({ ...app, tenant, authority: server.url, refreshToken: latest, onRefreshToken }), { pool, maxMessages: 1, endpointTimeout: 30_000 })
    await mailer.sendMail(letter)
    await server.revoke(latest)
    withdraw()
    const since = recording()
    const error = await failureOf(mailer.sendMail(letter))
    expect(error).toMatchObject({ code: 'auth-secret-missing', stage: 'auth', delivery: 'not-accepted', retryable: false, cause: { code: 'EAUTH' } })
    const cause = (error.cause as Error).cause
    expect(OAuth2Error.isInstance(cause) && cause.code).toBe('oauth2-invalid-grant')
    expect(error.message).toContain('it has expired or was revoked.')
    expect(error.advice).toContain('Trying again does not help. Sign in again to get a new refresh token.')
    expect(error.attempts.at(-1)?.failure?.sourceCode).toBe('oauth2-invalid-grant')
    expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/kumquat/)
    // Neither server is asked again for each message.
    await Promise.all([1, 2, 3].map(() => failureOf(mailer.sendMail(letter))))
    expect(since()).toEqual({ requests: ['refresh_token invalid_grant'], logins: ['XOAUTH2 false'], messages: 0 })
  })

  it('says that a message may be sent again where the endpoint is out of order', async () => {
    const mailer = mailerWith(microsoftClientCredentials({ ...app, tenant, authority: server.url, locale: 'de' }), { pool, locale: 'de' })
    server.outage = { status: 503 }
    const error = await failureOf(mailer.sendMail(letter))
    expect(error).toMatchObject({ code: 'auth-temporary', delivery: 'not-accepted', retryable: true })
    expect((error.cause as Error).cause).toMatchObject({ code: 'oauth2-unavailable', retryable: true })
    expect(error.message).toContain('kann gerade keine Tokens ausstellen')
    await expect(mailer.ready()).rejects.toMatchObject({ diagnosis: { code: 'auth-temporary' }, attempts: [{ failure: { sourceCode: 'oauth2-unavailable' } }] })
    server.outage = undefined
    await mailer.sendMail(letter)
  })
})
