import { inspect } from 'node:util'
import { type Provider, startProvider } from '@postern/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deferred } from '../../test/deferred.ts'
import { expectNoLeaks } from '../../test/expect-no-leaks.ts'
import { probe } from '../probe/probe.ts'
import { createEndpointSelector } from '../selection/selector.ts'
import { parseSettings } from '../settings/parse.ts'
import { SecretError } from '../settings/secret-error.ts'
import type { LoginSettings, SecretRequest, SecretSource } from '../settings/settings.ts'
import { canRenewLogin, resolveLogin } from './resolve-login.ts'

const user = 'ada@example.com'
let provider: Provider
beforeAll(async () => {
  provider = await startProvider({ users: { [user]: 'good-kumquat' } })
})
afterAll(() => provider.close())

/** Returns the secrets one after the other, and records each `renew`. */
function returning(...secrets: readonly unknown[]): SecretSource & { readonly renewals: boolean[] } {
  const renewals: boolean[] = []
  const source = ({ renew }: SecretRequest) => {
    renewals.push(renew)
    return secrets[Math.min(renewals.length, secrets.length) - 1] as string
  }
  return Object.assign(source, { renewals })
}

async function probed(auth: LoginSettings, options: object = {}) {
  const before = provider.logins.length
  const { host, ports, ca } = provider
  const report = await expectNoLeaks(() => probe({ host, port: ports[587], security: 'starttls' }, { auth, tls: { ca }, ...options }))
  return { ...report, logins: provider.logins.slice(before).map(({ ok, mechanism }) => `${mechanism} ${ok}`) }
}

describe('a secret from a function', () => {
  it('is requested once per login', async () => {
    const accessToken = returning('good-kumquat')
    const { ok, logins } = await probed({ user, accessToken })
    expect([ok, logins, accessToken.renewals]).toEqual([true, ['XOAUTH2 true'], [false]])
    const pass = returning(Promise.resolve('good-kumquat'))
    expect(await probed({ user, pass })).toMatchObject({ ok: true, logins: ['PLAIN true'] })
    expect(pass.renewals).toEqual([false])
  })

  it('is renewed once if a token was refused, on the same connection', async () => {
    const accessToken = returning('old-kumquat', 'good-kumquat')
    const before = provider.connections[587]
    const { ok, logins } = await probed({ user, accessToken })
    expect([ok, logins, accessToken.renewals]).toEqual([true, ['XOAUTH2 false', 'XOAUTH2 true'], [false, true]])
    expect(provider.connections[587] - before).toBe(1)
  })

  it('is not sent again if it is unchanged, and not a third time', async () => {
    const same = returning('old-kumquat')
    expect(await probed({ user, accessToken: same })).toMatchObject({ failure: { code: 'auth-rejected', replyCode: 535 }, logins: ['XOAUTH2 false'] })
    const other = returning('old-kumquat', 'older-kumquat', 'good-kumquat')
    expect(await probed({ user, accessToken: other })).toMatchObject({ failure: { code: 'auth-rejected' }, logins: ['XOAUTH2 false', 'XOAUTH2 false'] })
    expect([same.renewals, other.renewals]).toEqual([
      [false, true],
      [false, true],
    ])
  })

  it('is not renewed if it is a password', async () => {
    const pass = returning('old-kumquat', 'good-kumquat')
    expect(await probed({ user, pass })).toMatchObject({ failure: { code: 'auth-rejected' }, logins: ['PLAIN false'] })
    expect(pass.renewals).toEqual([false])
  })

  it.each<[how: string, accessToken: SecretSource]>([
    ['throws', () => { throw new Error('kumquat') }],
    ['rejects', () => Promise.reject(new Error('kumquat'))],
    ['returns nothing', returning(undefined)],
    ['returns an empty string', returning('')],
    ['returns an object', returning({ token: 'kumquat' })],
    ['never settles', () => new Promise(() => {})],
  ])('is auth-temporary if the function %s, and nothing is sent', async (_, accessToken) => {
    const report = await probed({ user, accessToken }, { budgets: { reply: 300 } })
    expect(report).toMatchObject({ ok: false, logins: [], failure: { code: 'auth-temporary', stage: 'auth' } })
    expect(report.failure?.replyCode).toBeUndefined()
    expect(inspect(report, { depth: 9 })).not.toContain('kumquat')
  })

  it('is named in the message', async () => {
    const { failure } = await probed({ user, accessToken: returning('') })
    expect(failure?.message).toBe(`The server ${provider.host}:${provider.ports[587]} could not check the login: auth.accessToken returned no secret.`)
  })

  it.each<[retryable: boolean, code: string]>([
    [true, 'auth-temporary'],
    [false, 'auth-secret-missing'],
  ])('is explained by a SecretError (retryable: %s)', async (retryable, code) => {
    const why = new SecretError({ code: 'vault-sealed', message: 'The vault is sealed.', advice: 'Unseal it.', retryable })
    const { failure, logins } = await probed({ user, accessToken: () => Promise.reject(why) })
    expect(logins).toEqual([])
    expect(failure).toMatchObject({ code, stage: 'auth', sourceCode: 'vault-sealed' })
    expect(failure?.message).toMatch(/auth\.accessToken returned no(?:ne| secret)\. The vault is sealed\.$/)
    expect(failure?.advice).toMatch(/\. Unseal it\.$/)
  })

  it('is not requested for another port if there is none', async () => {
    const accessToken = returning('')
    const settings = { ...provider.settings, auth: { user, accessToken } }
    await using selector = closing(createEndpointSelector(settings))
    await expect(selector.examine()).rejects.toMatchObject({ diagnosis: { code: 'auth-temporary' } })
    expect(accessToken.renewals).toEqual([false])
  })

  it('is not requested if it could not be used', async () => {
    const accessToken = returning('good-kumquat')
    await using withoutLogin = await startProvider({ faults: { 587: 'auth-not-offered' } })
    const { failure } = await probe({ host: withoutLogin.host, port: withoutLogin.ports[587], security: 'starttls' }, { auth: { user, accessToken }, tls: { ca: withoutLogin.ca } })
    expect(failure?.code).toBe('auth-not-offered')
    expect(accessToken.renewals).toEqual([])
  })

  it('is no longer awaited when the caller aborts, and the signal of the function aborts too', async () => {
    const caller = new AbortController()
    const aborted = deferred()
    const accessToken: SecretSource = ({ signal }) => {
      signal.addEventListener('abort', () => aborted.resolve())
      caller.abort()
      return new Promise(() => {})
    }
    const { failure, logins } = await probed({ user, accessToken }, { signal: caller.signal })
    await aborted.promise
    expect(failure?.code).toBe('aborted')
    expect(logins).toEqual([])
  })

  it('is hidden when printed, and can be read', async () => {
    const pass = returning('good-kumquat')
    const { auth } = parseSettings({ host: 'smtp.example.com', auth: { user, pass } })
    expect(JSON.stringify(auth)).toBe(JSON.stringify({ user, pass: '[hidden]' }))
    expect({ ...auth }).toEqual({ user, pass })
    expect(await resolveLogin(auth!, { ms: 1_000, signal: new AbortController().signal })).toEqual({ user, pass: 'good-kumquat' })
  })
})

describe('canRenewLogin()', () => {
  it.each<[may: boolean, auth: LoginSettings, code: string]>([
    [true, { user, accessToken: returning('') }, 'auth-rejected'],
    [false, { user, accessToken: returning('') }, 'auth-temporary'],
    [false, { user, accessToken: returning('') }, 'auth-mechanism'],
    [false, { user, accessToken: 'x' }, 'auth-rejected'],
    [false, { user, pass: returning('') }, 'auth-rejected'],
    [false, { user, pass: 'x' }, 'auth-rejected'],
  ])('is %s for %o after %s', (may, auth, code) => {
    expect(canRenewLogin(auth, { code })).toBe(may)
  })
})

function closing<T extends { close(): void }>(what: T): T & AsyncDisposable {
  return Object.assign(what, { [Symbol.asyncDispose]: async () => what.close() })
}
