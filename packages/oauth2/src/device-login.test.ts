import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { AuthorizationServer, lifetimes, publicApp, tenant } from '../test/authorization-server.ts'
import { answering, scriptedEndpoint } from '../test/scripted-endpoint.ts'
import { type DeviceCode, deviceLogin, type DeviceLoginOptions } from './device-login.ts'
import { microsoftDeviceLogin, microsoftRefreshToken } from './microsoft.ts'
import { smtpScopes } from './scopes.ts'

let server: AuthorizationServer
/** The code that was shown. */
let code: DeviceCode | undefined
/** Milliseconds of each pause. */
let pauses: number[]
/** Called in each pause, with its number from 1. */
let onPause: (count: number) => unknown

beforeAll(async () => {
  server = await AuthorizationServer.start()
})
afterAll(() => server[Symbol.asyncDispose]())
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
  server.requests.length = 0
  code = undefined
  pauses = []
  onPause = () => {}
})
afterEach(() => {
  vi.useRealTimers()
  server.outage = undefined
})

const time: DeviceLoginOptions['time'] = {
  now: () => Date.now(),
  async wait(ms, signal) {
    pauses.push(ms)
    vi.setSystemTime(Date.now() + ms)
    await onPause(pauses.length)
    signal?.throwIfAborted()
  },
}

const login = (options: Partial<DeviceLoginOptions> = {}) =>
  microsoftDeviceLogin({ ...publicApp, tenant, authority: server.url, time, onCode: (shown) => (code = shown), ...options })

/** Calls a function in one of the pauses. */
const inPause = (count: number, run: () => unknown) => (onPause = (at) => at === count && run())

describe('a login with a device code', () => {
  it('returns a refresh token once the person has entered the code', async () => {
    inPause(3, () => server.enter(code!.userCode))
    const { accessToken, refreshToken } = await login()
    expect(code).toEqual({ userCode: expect.stringMatching(/^\w{4}-\w{4}$/) as string, verificationUri: expect.stringMatching(/^http.*\/device$/) as string, verificationUriComplete: expect.stringContaining(`user_code=${code!.userCode}`) as string, lifetime: lifetimes.deviceCode * 1_000 })
    expect(await server.isValid(accessToken)).toBe(true)
    expect(server.requests).toEqual([...Array.from({ length: 2 }, () => 'urn:ietf:params:oauth:grant-type:device_code authorization_pending'), 'urn:ietf:params:oauth:grant-type:device_code ok'])
    expect(pauses).toEqual([5_000, 5_000, 5_000])
    const source = microsoftRefreshToken({ ...publicApp, tenant, authority: server.url, refreshToken: refreshToken! })
    expect(await server.isValid(await source())).toBe(true)
  })

  it('asks less often after slow_down', async () => {
    inPause(1, () => (server.outage = { status: 400, error: 'slow_down' }))
    const next = onPause
    onPause = async (count) => {
      await next(count)
      if (count === 3) server.outage = undefined
      if (count === 4) await server.enter(code!.userCode)
    }
    await login()
    expect(pauses).toEqual([5_000, 10_000, 15_000, 15_000])
  })

  it('doubles the pause while the server is unavailable, and obeys Retry-After', async () => {
    onPause = async (count) => {
      server.outage = [undefined, { status: 503 }, { status: 503, headers: { 'retry-after': '60' } }, undefined][count]
      if (count === 3) await server.enter(code!.userCode)
    }
    await login()
    expect(pauses).toEqual([5_000, 10_000, 60_000])
  })

  it('asks at the interval of the server', async () => {
    const answer = { device_code: 'kumquat', user_code: 'ABC', verification_uri: 'https://login.example.com', expires_in: 30, interval: 2 }
    const endpoint = await scriptedEndpoint(answering(answer))
    const tokenEndpoint = await scriptedEndpoint(answering({ error: 'authorization_pending' }, 400))
    const options = { tokenEndpoint, clientId: 'the-app', scope: smtpScopes.microsoftUser, time, onCode: () => {} }
    await expect(deviceLogin({ deviceEndpoint: endpoint, ...options })).rejects.toMatchObject({ code: 'oauth2-login-expired' })
    expect(pauses).toEqual(Array.from({ length: 14 }, () => 2_000))
  })

  it('ends when the code expires', async () => {
    const error: unknown = await login().catch((error: unknown) => error)
    expect(error).toMatchObject({ code: 'oauth2-login-expired', retryable: false })
    expect((error as Error).message).toMatch(/^The login at 127\.0\.0\.1:\d+ was not completed in time\.$/)
    expect(pauses.length).toBe(lifetimes.deviceCode / 5 - 1)
  })

  it.each([
    ['expired_token', 'oauth2-login-expired'],
    ['invalid_grant', 'oauth2-login-expired'],
    ['authorization_declined', 'oauth2-login-denied'],
    ['invalid_client', 'oauth2-invalid-client'],
  ])('ends at the error %s', async (error, expected) => {
    inPause(2, () => (server.outage = { status: 400, error }))
    await expect(login()).rejects.toMatchObject({ code: expected })
    expect(pauses.length).toBe(2)
  })

  it('ends when the person refuses', async () => {
    inPause(2, () => server.enter(code!.userCode, 'refuse'))
    await expect(login({ locale: 'de' })).rejects.toMatchObject({ code: 'oauth2-login-denied', message: expect.stringContaining('wurde abgelehnt (access_denied)') as string })
  })

  it('is aborted while it waits', async () => {
    const caller = new AbortController()
    inPause(2, () => caller.abort(new Error('changed my mind')))
    await expect(login({ signal: caller.signal })).rejects.toThrow('changed my mind')
    expect(server.requests.length).toBe(1)
  })

  it('is aborted in a real pause', async () => {
    const caller = new AbortController()
    const waiting = login({ signal: caller.signal, time: undefined, onCode: () => setImmediate(() => caller.abort()) })
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('is refused for a client that the server does not know', async () => {
    await expect(login({ clientId: 'nobody' })).rejects.toMatchObject({ code: 'oauth2-invalid-client' })
    expect(code).toBeUndefined()
  })

  it('is refused for a scope that devices may not have, as those for mail at Google', async () => {
    const endpoint = await scriptedEndpoint(answering({ error: 'invalid_scope', error_description: 'Invalid device flow scope: https://mail.google.com/' }, 400))
    await expect(deviceLogin({ deviceEndpoint: endpoint, tokenEndpoint: endpoint, clientId: 'the-app', scope: smtpScopes.google, onCode: (shown) => (code = shown) })).rejects.toMatchObject({ code: 'oauth2-invalid-scope' })
    expect(code).toBeUndefined()
  })

  it.each([
    ['a control character in the code', { user_code: 'A\u001B[2J' }],
    ['a control character in the page', { verification_uri: 'https://login.example.com/\u0007' }],
    ['no code', { user_code: undefined }],
    ['no lifetime', { expires_in: undefined }],
  ])('is not started with %s', async (_what, wrong) => {
    const answer = { device_code: 'kumquat', user_code: 'ABC', verification_uri: 'https://login.example.com', expires_in: 30, ...wrong }
    const endpoint = await scriptedEndpoint(answering(answer))
    await expect(login({ authority: endpoint } as object)).rejects.toMatchObject({ code: 'oauth2-invalid-answer' })
    expect(code).toBeUndefined()
  })

  it.each([
    [{ tenant: 'a/b' }, 'tenant'],
    [{ clientId: '' }, 'clientId'],
    [{ authority: 'http://login.example.com' }, 'deviceEndpoint'],
  ])('is not started with the options %j', async (options, path) => {
    await expect(login(options as object)).rejects.toMatchObject({ code: 'invalid-settings', issues: [expect.objectContaining({ path })] })
  })
})
