import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { app, AuthorizationServer, lifetimes, publicApp, serviceAccount, tenant, user } from '../test/authorization-server.ts'
import { deferred } from '../../core/test/deferred.ts'
import { googleRefreshToken, googleServiceAccount } from './google.ts'
import { clientCredentialsGrant } from './grants/client-credentials.ts'
import { microsoftClientCredentials, type MicrosoftClientCredentialsOptions, microsoftRefreshToken, type MicrosoftRefreshTokenOptions } from './microsoft.ts'
import { OAuth2Error } from './oauth2-error.ts'
import { smtpScopes } from './scopes.ts'
import { createTokenSource } from './token-source.ts'

let server: AuthorizationServer
beforeAll(async () => {
  server = await AuthorizationServer.start()
})
afterAll(() => server[Symbol.asyncDispose]())
beforeEach(() => {
  // Tokens expire by the server's clock and by ours, when a test moves it.
  vi.useFakeTimers({ toFake: ['Date'] })
  server.requests.length = 0
})
afterEach(() => {
  vi.useRealTimers()
  server.outage = server.held = undefined
  server.onRequest = () => {}
})

const turn = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1_000)
const byItself = (options: Partial<MicrosoftClientCredentialsOptions> = {}) => microsoftClientCredentials({ ...app, tenant, authority: server.url, ...options })
const forUser = (refreshToken: string, options: Partial<MicrosoftRefreshTokenOptions> = {}) => microsoftRefreshToken({ ...app, tenant, authority: server.url, refreshToken, ...options })
const byKey = (options: object = {}) => googleServiceAccount({ key: serviceAccount, user, tokenEndpoint: server.googleEndpoint, ...options })

describe('a token source', () => {
  it('gives tokens that the server has issued, to Microsoft’s and Google’s ways of asking', async () => {
    const sources = [
      byItself(),
      forUser(await server.signIn()),
      microsoftRefreshToken({ ...publicApp, tenant, authority: `${server.url}/`, refreshToken: await server.signIn(smtpScopes.microsoftUser, publicApp.clientId) }),
      googleRefreshToken({ ...app, tokenEndpoint: server.tokenEndpoint, refreshToken: await server.signIn(`openid ${smtpScopes.google}`) }),
      byKey(),
      byKey({ key: JSON.stringify(serviceAccount) }),
      byKey({ key: { ...serviceAccount, private_key: serviceAccount.private_key.replaceAll('\n', '\\n') } }),
      createTokenSource(clientCredentialsGrant({ tokenEndpoint: server.tokenEndpoint, clientId: 'basic-app', clientSecret: app.clientSecret, clientAuthentication: 'client_secret_basic', scope: smtpScopes.microsoftApp })),
    ]
    const tokens = await Promise.all(sources.map((source) => source()))
    expect(new Set(tokens).size).toBe(sources.length)
    expect(await Promise.all(tokens.map((token) => server.isValid(token)))).toEqual(sources.map(() => true))
  })

  it('keeps a token until shortly before its end, and gives another one then', async () => {
    const source = byItself()
    const first = await source()
    turn(lifetimes.access - 301)
    expect(await source()).toBe(first)
    turn(2)
    const second = await source()
    expect(second).not.toBe(first)
    expect([await source(), server.requests.length]).toEqual([second, 2])
  })

  it.each([
    ['no more than a tenth of its lifetime', 3_600_000, lifetimes.access * 0.9],
    ['the margin that is set', 60_000, lifetimes.access - 60],
  ])('renews it %s before its end', async (_, margin, seconds) => {
    const source = byItself({ margin })
    const first = await source()
    turn(seconds - 1)
    expect(await source()).toBe(first)
    turn(1)
    expect(await source()).not.toBe(first)
  })

  it('follows a clock of the caller’s', async () => {
    let now = 0
    const source = byItself({ clock: { now: () => now } })
    const first = await source()
    now = lifetimes.access * 1_000
    expect(await source()).not.toBe(first)
  })

  it('makes one request for all who ask at the same time', async () => {
    const source = byItself()
    const tokens = await Promise.all(Array.from({ length: 50 }, () => source()))
    expect([new Set(tokens).size, server.requests]).toEqual([1, ['client_credentials ok']])
  })

  it('gives another token once one was refused, the same to all connections that were refused', async () => {
    const source = byItself()
    const first = await source()
    await source()
    const second = await source({ renew: true })
    expect([await source({ renew: true }), await source(), server.requests.length]).toEqual([second, second, 2])
    expect(second).not.toBe(first)
    // Now this one was given for a first login, and refused.
    expect(await source({ renew: true })).not.toBe(second)
  })

  it('hands over each refresh token that takes the place of the one before', async () => {
    const onRefreshToken = vi.fn<(token: string) => void>()
    const first = await server.signIn()
    const source = forUser(first, { onRefreshToken })
    await source()
    await source({ renew: true })
    const [second, third] = onRefreshToken.mock.calls.map(([token]) => token)
    expect(new Set([first, second, third]).size).toBe(3)
    // Whoever starts anew with the latest one gets tokens.
    expect(await server.isValid(await forUser(third!)())).toBe(true)
  })

  it('signs a service account’s request anew each time, with the time of its clock', async () => {
    const source = byKey()
    const first = await source()
    turn(lifetimes.access * 2)
    expect(await source()).not.toBe(first)
    await expect(byKey({ clock: { now: () => Date.now() - 7_200_000 } })()).rejects.toMatchObject({ code: 'oauth2-invalid-assertion' })
  })
})

describe('a refused grant', () => {
  it('that was revoked is named, and the endpoint is left alone for a minute', async () => {
    const refreshToken = await server.signIn()
    await server.revoke(refreshToken)
    const source = forUser(refreshToken)
    const error = await source().catch((error: unknown) => error as OAuth2Error)
    expect(error).toMatchObject({
      name: 'OAuth2Error',
      code: 'oauth2-invalid-grant',
      oauthError: 'invalid_grant',
      retryable: false,
      message: `The token endpoint ${new URL(server.url).host} did not accept the refresh token (invalid_grant): it has expired or was revoked.`,
    })
    expect([OAuth2Error.isInstance(error), OAuth2Error.isInstance(new Error('other'))]).toEqual([true, false])
    await expect(source({ renew: true })).rejects.toBe(error)
    expect(server.requests).toEqual(['refresh_token invalid_grant'])
    turn(60)
    await expect(source()).rejects.not.toBe(error)
    expect(server.requests).toHaveLength(2)
  })

  it('that has expired is the same', async () => {
    const source = forUser(await server.signIn())
    turn(lifetimes.refresh + 1)
    await expect(source()).rejects.toMatchObject({ code: 'oauth2-invalid-grant' })
  })

  it.each<[code: string, source: () => Promise<string>]>([
    ['oauth2-invalid-client', () => byItself({ clientSecret: 'wrong' })()],
    ['oauth2-invalid-client', () => byItself({ clientId: 'nobody' })()],
    ['oauth2-invalid-scope', () => byItself({ scope: smtpScopes.google })()],
    ['oauth2-request-rejected', () => createTokenSource(clientCredentialsGrant({ tokenEndpoint: server.tokenEndpoint, clientId: serviceAccount.client_email, clientSecret: app.clientSecret, scope: 'x', clientAuthentication: 'client_secret_basic' }))()],
    ['oauth2-invalid-assertion', () => byKey({ user: 'nobody@contoso.example' })()],
  ])('is told apart: %s', async (code, source) => {
    await expect(source()).rejects.toMatchObject({ code, retryable: false })
  })
})

describe('an endpoint that is out of order', () => {
  it('is asked again at once where there is no token', async () => {
    server.outage = { status: 503 }
    const source = byItself()
    await expect(source()).rejects.toMatchObject({ code: 'oauth2-unavailable', retryable: true, retryAfter: undefined })
    server.outage = undefined
    expect(await server.isValid(await source())).toBe(true)
  })

  it('is left alone for as long as it wants', async () => {
    server.outage = { status: 429, headers: { 'retry-after': '120' } }
    const source = byItself()
    await expect(source()).rejects.toMatchObject({ code: 'oauth2-unavailable', retryAfter: 120_000 })
    server.outage = undefined
    turn(119)
    await expect(source()).rejects.toMatchObject({ code: 'oauth2-unavailable' })
    turn(1)
    expect([await server.isValid(await source()), server.requests.length]).toEqual([true, 2])
  })

  it('does no harm while the token is still valid', async () => {
    const source = byItself()
    const first = await source()
    server.outage = { status: 503 }
    turn(lifetimes.access - 100)
    expect([await source(), await source(), server.requests]).toEqual([first, first, ['client_credentials ok', 'outage 503']])
    turn(30)
    expect([await source(), server.requests.length]).toEqual([first, 3])
    // A refused token is of no use.
    turn(30)
    await expect(source({ renew: true })).rejects.toMatchObject({ code: 'oauth2-unavailable' })
    turn(40)
    await expect(source()).rejects.toMatchObject({ code: 'oauth2-unavailable' })
  })
})

describe('a caller that leaves', () => {
  it('is free at once, and the others get the token', async () => {
    const gate = deferred()
    server.held = gate.promise
    const caller = new AbortController()
    const source = byItself()
    const [leaving, staying] = [source({ signal: caller.signal }), source()]
    const reason = new Error('no longer wanted')
    caller.abort(reason)
    await expect(leaving).rejects.toBe(reason)
    gate.resolve()
    expect(await server.isValid(await staying)).toBe(true)
    await expect(source({ signal: caller.signal })).rejects.toBe(reason)
  })

  it.each([
    ['breaks the request off when it is the last one', false, 2],
    ['does not break off one that may replace the refresh token', true, 1],
  ])('%s', async (_, isForUser, requests) => {
    const gate = deferred()
    const arrived = deferred()
    server.held = gate.promise
    let seen = 0
    server.onRequest = () => {
      seen += 1
      arrived.resolve()
    }
    const caller = new AbortController()
    const source = isForUser ? forUser(await server.signIn()) : byItself()
    const leaving = source({ signal: caller.signal })
    await arrived.promise
    caller.abort()
    await expect(leaving).rejects.toThrow('abort')
    const next = source()
    gate.resolve()
    expect(await server.isValid(await next)).toBe(true)
    expect(seen).toBe(requests)
  })
})
