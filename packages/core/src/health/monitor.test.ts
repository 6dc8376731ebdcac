import { startProvider, type Provider, type ProviderOptions } from '@postern/testing'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { ManualClock } from '../../test/manual-clock.ts'
import type { Failure } from '../failure/failure.ts'
import { createEndpointSelector } from '../selection/selector.ts'
import { SettingsError } from '../settings/settings-error.ts'
import { createHealthMonitor } from './monitor.ts'

let provider: Provider
let clock: ManualClock

beforeEach(() => {
  clock = new ManualClock()
  // The provider's certificates expire relative to the real time.
  clock.time = Date.now()
})
afterEach(() => provider?.close())

async function watch(faults: ProviderOptions['faults'] = {}) {
  provider = await startProvider({ faults })
  const selector = createEndpointSelector(provider.settings, {
    clock,
    // All faults here fail at once. Long delays keep a busy machine from starting a rung early.
    timing: { attemptDelay: 60_000, preferenceGrace: 60_000 },
  })
  onTestFinished(() => selector.close())
  return { selector, monitor: createHealthMonitor(selector, { ttl: 30_000, maxStale: 0, clock }) }
}

const total = () => Object.values(provider.connections).reduce((sum, count) => sum + count, 0)

describe('the status is', () => {
  it('"pass" while the best rung works', async () => {
    const { monitor } = await watch()
    const report = await monitor.check()
    expect(report).toMatchObject({
      status: 'pass',
      checkedAt: new Date(clock.time),
      endpoint: { port: provider.ports[587] },
      lastSuccess: { by: 'probe' },
      rungs: [{ status: 'up' }, { status: 'untried' }, { status: 'untried' }],
    })
    expect(report).not.toHaveProperty('message')
    expect(monitor.last).toBe(report)
  })

  it('"warn" while only a lower rung works, with the failure of the best one', async () => {
    const { monitor } = await watch({ 587: 'bad-certificate' })
    const report = await monitor.check()
    const { failure } = report.rungs[0]!
    expect(failure?.code).toBe('certificate-untrusted')
    expect(report).toMatchObject({
      status: 'warn',
      endpoint: { port: provider.ports[2525] },
      message: failure?.message,
      advice: failure?.advice,
    })
  })

  it('"warn" when the certificate expires within 14 days, with the date', async () => {
    const { monitor } = await watch()
    expect(await monitor.check()).toMatchObject({ status: 'pass' })
    const ends = (await monitor.check()).rungs[0]!.tls!.certificate.validTo
    const day = 24 * 3_600_000
    clock.time = ends.getTime() - 14 * day
    expect(await monitor.check()).toMatchObject({ status: 'pass' })
    clock.time = ends.getTime() - 14 * day + 1
    // The previous result is still current.
    expect(await monitor.check()).toMatchObject({ status: 'pass' })
    clock.time += 30_000
    expect(await monitor.check()).toMatchObject({ status: 'warn', message: expect.stringContaining(ends.toISOString().slice(0, 10)) })
  })

  it('"fail" while no rung works, with the reason', async () => {
    const { monitor } = await watch({ 587: 'refuse', 2525: 'refuse', 465: 'refuse' })
    const report = await monitor.check()
    expect(report).toMatchObject({ status: 'fail', message: expect.stringMatching(/No mail port/), rungs: [{ status: 'down' }, { status: 'down' }, { status: 'down' }] })
    expect(report).not.toHaveProperty('endpoint')
  })

  it('"fail" when the login is refused, and the login is not repeated within an hour', async () => {
    const { monitor } = await watch({ 587: 'auth-rejected' })
    for (let round = 0; round < 5; round += 1) {
      expect(await monitor.check()).toMatchObject({ status: 'fail', message: expect.stringMatching(/did not accept this user name/) })
      clock.advance(60_000)
    }
    expect(provider.logins).toHaveLength(1)
  })
})

describe('check()', () => {
  it('returns the last result within the ttl, and makes a new check after it', async () => {
    const { monitor } = await watch()
    const first = await monitor.check()
    clock.advance(29_999)
    expect(await monitor.check()).toBe(first)
    expect(total()).toBe(1)
    clock.advance(1)
    expect(await monitor.check()).not.toBe(first)
    expect(total()).toBe(2)
  })

  it('makes one check for concurrent callers', async () => {
    const { monitor } = await watch()
    const reports = await Promise.all(Array.from({ length: 50 }, () => monitor.check()))
    expect(new Set(reports).size).toBe(1)
    expect(total()).toBe(1)
  })

  it('makes no connection if a message was accepted within the ttl', async () => {
    const { selector, monitor } = await watch()
    const { endpoint, socket } = await selector.connect()
    socket.destroy()
    selector.reportDelivery(endpoint)
    clock.advance(29_999)
    expect(await monitor.check()).toMatchObject({ status: 'pass', lastSuccess: { by: 'traffic' } })
    expect(total()).toBe(1)
    expect(provider.logins).toEqual([])
    clock.advance(60_000)
    await monitor.check()
    expect(total()).toBe(2)
  })

  it('makes no connection if a message was accepted after a failed check', async () => {
    const { selector, monitor } = await watch({ 587: 'refuse', 2525: 'refuse', 465: 'refuse' })
    expect(await monitor.check()).toMatchObject({ status: 'fail' })
    await provider.heal(587)
    const { endpoint, socket } = await selector.connect()
    socket.destroy()
    selector.reportDelivery(endpoint)
    expect(await monitor.check()).toMatchObject({ status: 'pass' })
  })

  it('ignores an accepted message if its endpoint has failed since', async () => {
    const { selector, monitor } = await watch()
    const { endpoint, socket } = await selector.connect()
    socket.destroy()
    selector.reportDelivery(endpoint)
    await Promise.all(([587, 2525, 465] as const).map((port) => provider.fault(port, 'refuse')))
    const failure: Failure = { code: 'connection-lost', stage: 'mail', message: 'Lost.', advice: 'Wait.' }
    selector.reportFailure(endpoint, failure)
    expect(await monitor.check()).toMatchObject({ status: 'fail' })
  })

  it('continues for other callers when one caller aborts', async () => {
    const { monitor } = await watch()
    const controller = new AbortController()
    const withdrawn = monitor.check({ signal: controller.signal })
    const other = monitor.check({ signal: new AbortController().signal })
    const reason = new Error('I have waited long enough')
    controller.abort(reason)
    await expect(withdrawn).rejects.toBe(reason)
    expect(await other).toMatchObject({ status: 'pass' })
    expect(total()).toBe(1)
  })

  it('rejects if the signal is already aborted, and the next caller gets the result of the check it started', async () => {
    const { monitor } = await watch()
    await expect(monitor.check({ signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' })
    expect(await monitor.check()).toMatchObject({ status: 'pass' })
    expect(total()).toBe(1)
  })

  it('returns "fail" if the source throws an unexpected error', async () => {
    const monitor = createHealthMonitor({
      state: () => ({ endpoint: undefined, rungs: [] }),
      examine: () => Promise.reject(new TypeError('a bug')),
    })
    expect(await monitor.check()).toMatchObject({ status: 'fail', rungs: [] })
  })
})

it.each([Number.NaN, -1, '300' as never])('maxStale: %j is invalid', (maxStale) => {
  const source = { state: () => ({ endpoint: undefined, rungs: [] }), examine: () => Promise.reject(new Error('unused')) }
  expect(() => createHealthMonitor(source, { maxStale })).toThrow(SettingsError)
})

it('a report contains no secret', async () => {
  const { monitor } = await watch({ 587: 'auth-echo' })
  expect(JSON.stringify(await monitor.check())).not.toContain(provider.auth.pass)
})
