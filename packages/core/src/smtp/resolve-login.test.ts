import { inspect } from 'node:util'
import { type Provider, startProvider } from '@postern/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deferred } from '../../test/deferred.ts'
import { expectNoLeaks } from '../../test/expect-no-leaks.ts'
import { probe } from '../probe/probe.ts'
import { createEndpointSelector } from '../selection/selector.ts'
import { parseSettings } from '../settings/parse.ts'
import type { LoginSettings, SecretRequest, SecretSource } from '../settings/settings.ts'
import { mayRenew, resolveLogin } from './resolve-login.ts'

const user = 'ada@example.com'
let provider: Provider
beforeAll(async () => {
  provider = await startProvider({ users: { [user]: 'good-kumquat' } })
})
afterAll(() => provider.close())

/** Gives one after the other, and keeps what it was asked. */
function giving(...secrets: readonly unknown[]): SecretSource & { readonly asked: boolean[] } {
  const asked: boolean[] = []
  const source = ({ renew }: SecretRequest) => {
    asked.push(renew)
    return secrets[Math.min(asked.length, secrets.length) - 1] as string
  }
  return Object.assign(source, { asked })
}

async function probed(auth: LoginSettings, options: object = {}) {
  const before = provider.logins.length
  const { host, ports, ca } = provider
  const report = await expectNoLeaks(() => probe({ host, port: ports[587], security: 'starttls' }, { auth, tls: { ca }, ...options }))
  return { ...report, logins: provider.logins.slice(before).map(({ ok, mechanism }) => `${mechanism} ${ok}`) }
}

describe('a secret that a function gives', () => {
  it('is asked for once a login', async () => {
    const accessToken = giving('good-kumquat')
    const { ok, logins } = await probed({ user, accessToken })
    expect([ok, logins, accessToken.asked]).toEqual([true, ['XOAUTH2 true'], [false]])
    const pass = giving(Promise.resolve('good-kumquat'))
    expect(await probed({ user, pass })).toMatchObject({ ok: true, logins: ['PLAIN true'] })
    expect(pass.asked).toEqual([false])
  })

  it('is renewed once when it is a token that was refused, on the same connection', async () => {
    const accessToken = giving('old-kumquat', 'good-kumquat')
    const before = provider.connections[587]
    const { ok, logins } = await probed({ user, accessToken })
    expect([ok, logins, accessToken.asked]).toEqual([true, ['XOAUTH2 false', 'XOAUTH2 true'], [false, true]])
    expect(provider.connections[587] - before).toBe(1)
  })

  it('is not tried again when it is still the same, nor a third time', async () => {
    const same = giving('old-kumquat')
    expect(await probed({ user, accessToken: same })).toMatchObject({ failure: { code: 'auth-rejected', replyCode: 535 }, logins: ['XOAUTH2 false'] })
    const other = giving('old-kumquat', 'older-kumquat', 'good-kumquat')
    expect(await probed({ user, accessToken: other })).toMatchObject({ failure: { code: 'auth-rejected' }, logins: ['XOAUTH2 false', 'XOAUTH2 false'] })
    expect([same.asked, other.asked]).toEqual([
      [false, true],
      [false, true],
    ])
  })

  it('is not renewed when it is a password', async () => {
    const pass = giving('old-kumquat', 'good-kumquat')
    expect(await probed({ user, pass })).toMatchObject({ failure: { code: 'auth-rejected' }, logins: ['PLAIN false'] })
    expect(pass.asked).toEqual([false])
  })

  it.each<[how: string, accessToken: SecretSource]>([
    ['throws', () => { throw new Error('kumquat') }],
    ['rejects', () => Promise.reject(new Error('kumquat'))],
    ['gives nothing', giving(undefined)],
    ['gives an empty text', giving('')],
    ['gives something else', giving({ token: 'kumquat' })],
    ['never answers', () => new Promise(() => {})],
  ])('is a passing fault when the function %s, and nothing is sent', async (_, accessToken) => {
    const report = await probed({ user, accessToken }, { budgets: { reply: 300 } })
    expect(report).toMatchObject({ ok: false, logins: [], failure: { code: 'auth-temporary', stage: 'auth' } })
    expect(report.failure?.replyCode).toBeUndefined()
    expect(inspect(report, { depth: 9 })).not.toContain('kumquat')
  })

  it('says so in words', async () => {
    const { failure } = await probed({ user, accessToken: giving('') })
    expect(failure?.message).toBe(`The server ${provider.host}:${provider.ports[587]} could not check the login: auth.accessToken returned no secret.`)
  })

  it('is asked for nowhere else when there is none', async () => {
    const accessToken = giving('')
    const settings = { ...provider.settings, auth: { user, accessToken } }
    await using selector = closing(createEndpointSelector(settings))
    await expect(selector.examine()).rejects.toMatchObject({ diagnosis: { code: 'auth-temporary' } })
    expect(accessToken.asked).toEqual([false])
  })

  it('is not asked for where it could not be used', async () => {
    const accessToken = giving('good-kumquat')
    await using deaf = await startProvider({ faults: { 587: 'auth-not-offered' } })
    const { failure } = await probe({ host: deaf.host, port: deaf.ports[587], security: 'starttls' }, { auth: { user, accessToken }, tls: { ca: deaf.ca } })
    expect(failure?.code).toBe('auth-not-offered')
    expect(accessToken.asked).toEqual([])
  })

  it('is no longer waited for when the caller gives up, and the function is told', async () => {
    const caller = new AbortController()
    const told = deferred()
    const accessToken: SecretSource = ({ signal }) => {
      signal.addEventListener('abort', () => told.resolve())
      caller.abort()
      return new Promise(() => {})
    }
    const { failure, logins } = await probed({ user, accessToken }, { signal: caller.signal })
    await told.promise
    expect(failure?.code).toBe('aborted')
    expect(logins).toEqual([])
  })

  it('prints as if it were one that is known, and is read like one', async () => {
    const pass = giving('good-kumquat')
    const { auth } = parseSettings({ host: 'smtp.example.com', auth: { user, pass } })
    expect(JSON.stringify(auth)).toBe(JSON.stringify({ user, pass: '[hidden]' }))
    expect({ ...auth }).toEqual({ user, pass })
    expect(await resolveLogin(auth!, { ms: 1_000, signal: new AbortController().signal })).toEqual({ user, pass: 'good-kumquat' })
  })
})

describe('mayRenew()', () => {
  it.each<[may: boolean, auth: LoginSettings, code: string]>([
    [true, { user, accessToken: giving('') }, 'auth-rejected'],
    [false, { user, accessToken: giving('') }, 'auth-temporary'],
    [false, { user, accessToken: giving('') }, 'auth-mechanism'],
    [false, { user, accessToken: 'x' }, 'auth-rejected'],
    [false, { user, pass: giving('') }, 'auth-rejected'],
    [false, { user, pass: 'x' }, 'auth-rejected'],
  ])('is %s for %o after %s', (may, auth, code) => {
    expect(mayRenew(auth, { code })).toBe(may)
  })
})

function closing<T extends { close(): void }>(what: T): T & AsyncDisposable {
  return Object.assign(what, { [Symbol.asyncDispose]: async () => what.close() })
}
