import { once } from 'node:events'
import { startProvider, type Provider, type ProviderOptions } from '@postern/testing'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { ManualClock } from '../../test/manual-clock.ts'
import type { Failure } from '../failure/failure.ts'
import { CoolDowns } from './cool-downs.ts'
import { createEndpointSelector, type EndpointSelector } from './selector.ts'

let provider: Provider
let clock: ManualClock
beforeEach(() => {
  clock = new ManualClock()
})
afterEach(() => provider?.close())

const NEVER = 3_600_000
const SECOND = 1_000
const dropped: Failure = { code: 'connection-lost', stage: 'mail', message: '', advice: '' }

async function selectorWith(faults: ProviderOptions['faults'] = {}): Promise<EndpointSelector> {
  provider = await startProvider({ faults })
  const selector = createEndpointSelector(provider.settings, { clock, timing: { attemptDelay: NEVER, preferenceGrace: NEVER } })
  onTestFinished(() => selector.close())
  return selector
}

/** Sends one message. @returns its port */
async function send(selector: EndpointSelector, works: boolean): Promise<number> {
  const { session } = await selector.openSession()
  session.quit()
  const { endpoint } = session
  if (works) selector.reportDelivery(endpoint)
  else selector.reportFailure(endpoint, dropped)
  return Number(Object.entries(provider.ports).find(([, port]) => port === endpoint.port)?.[0])
}

/** Fires the next timer, and waits for the end of its check. */
async function check(): Promise<void> {
  clock.advance(clock.waits[0]!)
  while (clock.waits.length === 0) await new Promise((resolve) => setImmediate(resolve))
}

describe('an endpoint that opened and then failed traffic', () => {
  it('is tried last for a minute, although it is the best', async () => {
    const selector = await selectorWith()
    expect(await send(selector, false)).toBe(587)
    expect(await send(selector, true)).toBe(2525)
    clock.advance(59 * SECOND)
    selector.reportFailure(selector.endpoint!, dropped)
    expect(await send(selector, true)).toBe(465)
    expect(provider.connections).toMatchObject({ 587: 1, 2525: 1, 465: 1 })
  })

  it('has its normal position again after that', async () => {
    const selector = await selectorWith()
    await send(selector, false)
    clock.advance(60 * SECOND)
    expect(await send(selector, true)).toBe(587)
  })

  it('is still tried if nothing else opens', async () => {
    const selector = await selectorWith({ 2525: 'refuse', 465: 'refuse' })
    await send(selector, false)
    const { session, attempts } = await selector.openSession()
    expect(attempts.map(({ endpoint, outcome }) => [endpoint.port, outcome])).toEqual([
      [provider.ports[2525], 'failed'],
      [provider.ports[465], 'failed'],
      [provider.ports[587], 'used'],
    ])
    session.quit()
  })

  it('is omitted by background checks until the cool-down is over, and then checked immediately', async () => {
    clock.randomValue = 0
    const selector = await selectorWith()
    await send(selector, false)
    await send(selector, true)
    expect(clock.waits).toEqual([48 * SECOND])
    await check()
    expect(clock.waits).toEqual([12 * SECOND])
    expect(provider.connections[587]).toBe(1)
    const recovered = once(selector, 'recovered')
    clock.advance(12 * SECOND)
    await recovered
    expect(provider.connections[587]).toBe(2)
  })

  it('has a cool-down that doubles with each consecutive failure', async () => {
    const selector = await selectorWith()
    for (const seconds of [60, 120, 240, 480, 900, 900]) {
      expect(await send(selector, false)).toBe(587)
      expect(await send(selector, true)).toBe(2525)
      clock.time += seconds * SECOND - 1
      expect(await send(selector, true)).toBe(2525)
      clock.time += 1
      const recovered = once(selector, 'recovered')
      clock.advance(NEVER)
      await recovered
      clock.time -= NEVER
    }
  })

  it('starts again with a minute after a delivery', async () => {
    const selector = await selectorWith()
    await send(selector, false)
    clock.advance(60 * SECOND)
    expect(await send(selector, true)).toBe(587)
    expect(await send(selector, false)).toBe(587)
    clock.advance(60 * SECOND)
    expect(await send(selector, true)).toBe(587)
  })

  it('has one cool-down if several messages fail together', async () => {
    const selector = await selectorWith()
    const opened = await Promise.all([selector.openSession(), selector.openSession(), selector.openSession()])
    for (const { session } of opened) {
      session.destroy()
      selector.reportFailure(session.endpoint, dropped)
    }
    clock.advance(60 * SECOND)
    expect(await send(selector, true)).toBe(587)
  })

  it('has no cool-down after a refused login', async () => {
    const selector = await selectorWith()
    const { session } = await selector.openSession()
    session.quit()
    selector.reportFailure(session.endpoint, { ...dropped, code: 'auth-rejected', stage: 'auth', replyCode: 535 })
    expect(await send(selector, true)).toBe(587)
  })
})

describe('after all endpoints failed', () => {
  it('attempts start at the top of the ladder, and cool-downs are forgotten', async () => {
    const selector = await selectorWith()
    await send(selector, false)
    expect(await send(selector, true)).toBe(2525)
    for (const port of [587, 2525, 465]) await provider.fault(port, 'refuse')
    await expect(selector.openSession()).rejects.toMatchObject({ code: 'no-usable-endpoint' })
    expect(selector.endpoint).toBeUndefined()
    for (const port of [587, 2525, 465]) await provider.heal(port)
    expect(await send(selector, true)).toBe(587)
    expect(selector.endpoint?.port).toBe(provider.ports[587])
  })

  it.each(['openSession', 'connect', 'examine'] as const)('this applies to %s()', async (method) => {
    const selector = await selectorWith({ 587: 'refuse' })
    await send(selector, true)
    await provider.fault(2525, 'refuse')
    await provider.fault(465, 'refuse')
    await expect(selector[method]()).rejects.toMatchObject({ code: 'no-usable-endpoint' })
    for (const port of [587, 2525]) await provider.heal(port)
    await selector.examine()
    expect(provider.connections).toMatchObject({ 587: 1, 2525: 1 })
  })
})

it('ends a cool-down if the clock is set back', () => {
  const coolDowns = new CoolDowns(clock, { initial: 60 * SECOND, max: 900 * SECOND })
  const endpoint = { host: 'mail.example.com', port: 587, security: 'starttls' } as const
  coolDowns.begin(endpoint)
  expect(coolDowns.remaining(endpoint)).toBe(60 * SECOND)
  clock.time -= NEVER
  expect(coolDowns.remaining(endpoint)).toBe(0)
})
