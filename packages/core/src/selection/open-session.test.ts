import { startProvider, type Provider, type ProviderOptions } from '@postern/testing'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { SessionFailed } from '../smtp/session.ts'
import { createEndpointSelector } from './selector.ts'
import type { SelectorOptions } from './selector-state.ts'

let provider: Provider
afterEach(() => provider?.close())

async function selectorWith(faults: ProviderOptions['faults'] = {}, options: SelectorOptions = {}) {
  provider = await startProvider({ faults })
  const selector = createEndpointSelector(provider.settings, options)
  onTestFinished(() => selector.close())
  return selector
}

describe('openSession()', () => {
  it('opens a session on which EHLO was sent and the login is offered, but not made', async () => {
    const selector = await selectorWith({ 587: 'auth-not-offered' })
    const { session, attempts } = await selector.openSession()
    expect(session.endpoint.port).toBe(provider.ports[2525])
    expect(session.offer).toContainEqual(expect.stringContaining('AUTH'))
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['failed', 'used'])
    expect(provider.logins).toEqual([])
    await session.logIn()
    expect(provider.logins).toMatchObject([{ ok: true, secure: true }])
    session.quit()
  })

  it('keeps the session open when the signal of the opening is aborted afterwards', async () => {
    const selector = await selectorWith()
    const controller = new AbortController()
    const { session } = await selector.openSession({ signal: controller.signal })
    controller.abort()
    await session.logIn()
    expect(provider.logins).toMatchObject([{ ok: true }])
    session.quit()
  })

  it('logs in under the signal of the caller', async () => {
    const selector = await selectorWith()
    const { session } = await selector.openSession()
    await expect(session.logIn(AbortSignal.abort())).rejects.toMatchObject({ failure: { code: 'aborted', stage: 'auth' } })
    expect(provider.logins).toEqual([])
  })

  it('uses the login of a message in place of that of the settings', async () => {
    const selector = await selectorWith()
    const { session } = await selector.openSession({ auth: { user: 'other', pass: 'wrong' } })
    await expect(session.logIn()).rejects.toMatchObject({ failure: { code: 'auth-rejected' } })
    expect(provider.logins).toMatchObject([{ user: 'other', ok: false }])
  })
})

describe('openSessionAt()', () => {
  it('opens a session at one endpoint, tries no other, and leaves the choice as it is', async () => {
    const selector = await selectorWith()
    const { session, attempts } = await selector.openSession()
    const lower = { ...session.endpoint, port: provider.ports[2525] }
    const more = await selector.openSessionAt(lower)
    expect(more.endpoint).toBe(lower)
    await provider.fault(2525, 'refuse')
    const failed = selector.openSessionAt(lower)
    await expect(failed).rejects.toBeInstanceOf(SessionFailed)
    await expect(failed).rejects.toMatchObject({ failure: { code: 'connect-refused' } })
    expect(selector.usable).toEqual(session.endpoint)
    expect(attempts).toHaveLength(1)
    session.quit()
    more.quit()
  })
})
