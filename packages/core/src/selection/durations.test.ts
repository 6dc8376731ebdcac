import { startProvider } from '@postern/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { thrownBy } from '../../test/thrown-by.ts'
import { probe } from '../probe/probe.ts'
import { selectEndpoint } from '../probe/select-endpoint.ts'
import { SettingsError } from '../settings/settings-error.ts'
import { createEndpointSelector } from './selector.ts'

const settings = { host: 'mail.example.com' }
const notDurations: readonly unknown[] = [NaN, -1, '1000', null, {}]

const paths: readonly (readonly [path: string, options: (value: unknown) => object])[] = [
  ['deadline', (value) => ({ deadline: value })],
  ['budgets.dns', (dns) => ({ budgets: { dns } })],
  ['budgets.reply', (reply) => ({ budgets: { reply } })],
  ['timing.attemptDelay', (attemptDelay) => ({ timing: { attemptDelay } })],
  ['timing.preferenceGrace', (preferenceGrace) => ({ timing: { preferenceGrace } })],
  ['recheck.initial', (initial) => ({ recheck: { initial } })],
  ['recheck.max', (max) => ({ recheck: { max } })],
]

describe.each(paths)('%s', (path, options) => {
  it.each(notDurations)('is rejected at construction if it is %j', (value) => {
    const error = thrownBy(() => createEndpointSelector(settings, options(value)))
    expect(error).toBeInstanceOf(SettingsError)
    expect(error).toMatchObject({ issues: [{ path }] })
  })

  it('may be Infinity, or undefined for its default', () => {
    expect(thrownBy(() => createEndpointSelector(settings, options(Infinity)))).toBeUndefined()
    expect(thrownBy(() => createEndpointSelector(settings, options(undefined)))).toBeUndefined()
  })
})

it('is validated by selectEndpoint() and probe() as well', async () => {
  await expect(selectEndpoint(settings, { deadline: NaN })).rejects.toMatchObject({ issues: [{ path: 'deadline' }] })
  await expect(probe({ ...settings, port: 587, security: 'starttls' }, { budgets: { tls: NaN } })).rejects.toMatchObject({ issues: [{ path: 'budgets.tls' }] })
})

describe('Infinity', () => {
  it('is no limit at all', async () => {
    const provider = await startProvider({ faults: { 587: 'refuse' } })
    onTestFinished(() => provider.close())
    const budgets = { dns: Infinity, connect: Infinity, greeting: Infinity, tls: Infinity, reply: Infinity }
    const timing = { attemptDelay: Infinity, preferenceGrace: Infinity }
    const selector = createEndpointSelector(provider.settings, { deadline: Infinity, budgets, timing, recheck: { initial: Infinity } })
    onTestFinished(() => selector.close())
    const { session } = await selector.openSession()
    await session.logIn()
    session.quit()
    expect((await selector.examine({ deadline: Infinity })).port).toBe(provider.ports[2525])
    expect(selector.state()).not.toHaveProperty('nextCheckAt')
  })

  it('of a deadline leaves the timing of the race as it is', async () => {
    const provider = await startProvider({ faults: { 587: 'silent' } })
    onTestFinished(() => provider.close())
    const selector = createEndpointSelector(provider.settings, { deadline: Infinity, timing: { attemptDelay: 5, preferenceGrace: 10 } })
    onTestFinished(() => selector.close())
    const { session, attempts } = await selector.openSession()
    // On a busy machine the third rung may have started as well.
    expect(attempts[0]).toMatchObject({ outcome: 'superseded', endpoint: { port: provider.ports[587] } })
    expect(attempts.map(({ outcome }) => outcome)).toContain('used')
    session.quit()
  })
})

describe('construction', () => {
  it.each([
    { host: 'mail.example.com', security: 'none' as const },
    { host: 'mail.example.com', candidates: [{ port: 25, security: 'none' as const }] },
    { host: 'mail.example.com', candidates: [] },
    { host: 'smtp.naver.example', port: 25, security: 'none' as const },
  ])('refuses settings that leave no endpoint: %j', (wrong) => {
    expect(thrownBy(() => createEndpointSelector(wrong))).toBeInstanceOf(SettingsError)
  })
})
