import { startProvider, type Provider, type ProviderOptions } from '@postern/testing'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { ManualClock } from '../../test/manual-clock.ts'
import { createHealthMonitor } from '../health/monitor.ts'
import { createEndpointSelector, type EndpointSelector } from './selector.ts'
import type { SelectorOptions } from './selector-state.ts'

let provider: Provider
let clock: ManualClock
let heard: string[]
beforeEach(() => {
  clock = new ManualClock()
  heard = []
})
afterEach(() => provider?.close())

const NEVER = 3_600_000

/** A selector on 2525, because 587 has this fault. */
async function fallen(fault: NonNullable<ProviderOptions['faults']>[587], options: SelectorOptions = {}): Promise<EndpointSelector> {
  provider = await startProvider({ faults: { 587: fault! } })
  const selector = createEndpointSelector(provider.settings, { clock, timing: { attemptDelay: NEVER, preferenceGrace: NEVER }, ...options })
  for (const event of ['selected', 'fallback', 'recovered'] as const) selector.on(event, () => heard.push(event))
  onTestFinished(() => selector.close())
  const { session } = await selector.openSession()
  session.quit()
  return selector
}

describe('examine() on a lower rung', () => {
  it('checks the better ones, too, and returns to one that works', async () => {
    const selector = await fallen('refuse')
    await provider.heal(587)
    expect((await selector.examine()).port).toBe(provider.ports[587])
    expect(heard).toEqual(['selected', 'fallback', 'recovered'])
    expect(selector.state()).toMatchObject({ endpoint: { port: provider.ports[587] }, lastSuccess: { endpoint: { port: provider.ports[587] }, by: 'probe' } })
    expect(provider.logins).toHaveLength(1)
    expect(clock.waits).toEqual([])
  })

  it('keeps the endpoint while they do not work', async () => {
    const selector = await fallen('refuse')
    expect((await selector.examine()).port).toBe(provider.ports[2525])
    expect(selector.state().rungs[0]).toMatchObject({ status: 'down', failure: { code: 'connect-refused' } })
    expect(heard).toEqual(['selected', 'fallback'])
  })

  it('waits for them no longer than the grace', async () => {
    // Nothing but the grace can end this within the test's limit.
    const budgets = { connect: NEVER, greeting: NEVER }
    const selector = await fallen('refuse', { timing: { attemptDelay: NEVER, preferenceGrace: 50 }, budgets, deadline: Infinity })
    await provider.fault(587, 'silent')
    expect((await selector.examine()).port).toBe(provider.ports[2525])
    expect(selector.state().rungs[0]).toMatchObject({ status: 'down', failure: { code: 'greeting-timeout' } })
  })

  it('succeeds at its deadline while a better one is still silent', async () => {
    const selector = await fallen('refuse')
    await provider.fault(587, 'silent')
    expect((await selector.examine({ deadline: 1_000 })).port).toBe(provider.ports[2525])
    expect(heard).toEqual(['selected', 'fallback'])
  })

  it('omits a better one that has just failed traffic', async () => {
    const selector = await fallen('refuse')
    await provider.heal(587)
    await selector.examine()
    selector.reportFailure(selector.endpoint!, { code: 'connection-lost', stage: 'mail', message: '', advice: '' })
    const { session } = await selector.openSession()
    session.quit()
    const before = provider.connections[587]
    expect((await selector.examine()).port).toBe(provider.ports[2525])
    expect(provider.connections[587]).toBe(before)
  })

  it('brings health back to "pass" within one ttl of the return of 587', async () => {
    const selector = await fallen('refuse')
    const monitor = createHealthMonitor(selector, { ttl: 30_000, maxStale: 0, clock })
    expect(await monitor.check()).toMatchObject({ status: 'warn', endpoint: { port: provider.ports[2525] } })
    await provider.heal(587)
    clock.time += 30_000
    expect(await monitor.check()).toMatchObject({ status: 'pass', endpoint: { port: provider.ports[587] } })
  })
})
