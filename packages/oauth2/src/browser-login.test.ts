import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { app, AuthorizationServer } from '../test/authorization-server.ts'
import { googleBrowserLogin, type GoogleBrowserLoginOptions, googleRefreshToken } from './google.ts'

let server: AuthorizationServer
beforeAll(async () => {
  server = await AuthorizationServer.start()
})
afterAll(() => server[Symbol.asyncDispose]())

const never = new Promise<void>(() => {})

/** Logs in, with a person who does something with the URL. */
const login = (visit: (url: string, port: number) => unknown, options: Partial<GoogleBrowserLoginOptions> = {}) =>
  googleBrowserLogin({
    ...app,
    authorizationEndpoint: `${server.url}/auth`,
    tokenEndpoint: server.tokenEndpoint,
    time: { now: Date.now, wait: () => never },
    onUrl: (url, port) => void visit(url, port),
    ...options,
  })

const accept = async (url: string) => await fetch(await server.visit(url))

describe('a login in a browser', () => {
  it('returns a refresh token once the person has signed in', async () => {
    let page: string | undefined
    let opened: URL | undefined
    const { accessToken, refreshToken } = await login(async (url) => {
      opened = new URL(url)
      page = await (await accept(url)).text()
    }, { page: 'Fertig.' })
    expect(Object.fromEntries(opened!.searchParams)).toMatchObject({ response_type: 'code', client_id: app.clientId, access_type: 'offline', scope: 'https://mail.google.com/', prompt: 'consent', code_challenge_method: 'S256' })
    expect(page).toBe('Fertig.')
    expect(await server.isValid(accessToken)).toBe(true)
    const source = googleRefreshToken({ ...app, tokenEndpoint: server.tokenEndpoint, refreshToken: refreshToken! })
    expect(await server.isValid(await source())).toBe(true)
  })

  it('needs the right verifier: a code that was stolen is worthless', async () => {
    await expect(login(async (url) => {
      const changed = new URL(url)
      changed.searchParams.set('code_challenge', 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM')
      await fetch(await server.visit(changed.href))
    })).rejects.toMatchObject({ code: 'oauth2-login-expired' })
  })

  it('ignores requests of other pages', async () => {
    const statuses: number[] = []
    await login(async (url, port) => {
      const others = ['', '?code=kumquat', '?code=kumquat&state=wrong', 'favicon.ico'].map((path) => fetch(`http://127.0.0.1:${port}/${path}`))
      for (const { status } of await Promise.all(others)) statuses.push(status)
      await accept(url)
    })
    expect(statuses).toEqual([404, 404, 404, 404])
  })

  it.each([
    ['access_denied', 'oauth2-login-denied'],
    ['invalid_scope', 'oauth2-invalid-scope'],
    ['kumquat_error', 'oauth2-request-rejected'],
  ])('ends if the page answers %s', async (error, code) => {
    const refuse = async (url: string, port: number) => fetch(`http://127.0.0.1:${port}/?state=${new URL(url).searchParams.get('state')}&error=${error}`)
    await expect(login(refuse)).rejects.toMatchObject({ code, message: expect.not.stringContaining('kumquat') as string })
  })

  it('ends after ten minutes', async () => {
    const waits: number[] = []
    const time = { now: Date.now, wait: async (ms: number) => void waits.push(ms) }
    await expect(login(() => {}, { time })).rejects.toMatchObject({ code: 'oauth2-login-expired', endpoint: new URL(server.url).host })
    expect(waits).toEqual([600_000])
  })

  it('is aborted, and its port is closed', async () => {
    const caller = new AbortController()
    let opened: number | undefined
    const waiting = login((_, port) => {
      opened = port
      setImmediate(() => caller.abort())
    }, { signal: caller.signal, time: undefined })
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
    await expect(fetch(`http://127.0.0.1:${opened}/`)).rejects.toThrow('fetch failed')
  })

  it.each([
    [{ clientId: '' }, 'clientId'],
    [{ clientSecret: '' }, 'clientSecret'],
    [{ authorizationEndpoint: 'http://login.example.com' }, 'authorizationEndpoint'],
  ])('is not started with the options %j', async (options, path) => {
    await expect(login(() => {}, options)).rejects.toMatchObject({ code: 'invalid-settings', issues: [expect.objectContaining({ path })] })
  })
})
