import { expect, it } from 'vitest'
import { testClock } from '@postern/testing/contract'
import type { Endpoint } from '../endpoint.ts'
import type { SelectorState } from '../selection/selector-state.ts'
import { SettingsError } from '../settings/settings-error.ts'
import { createHealthMonitor } from './monitor.ts'
import { createHealthRoute } from './route.ts'

const endpoint: Endpoint = { host: 'smtp.example.com', port: 587, security: 'starttls' }
const state: SelectorState = { endpoint, rungs: [{ endpoint, status: 'up' }] }
const ttl = 30_000

/** A source whose checks end when the test calls `end`. */
function source() {
  const waiting: (() => void)[] = []
  let checks = 0
  return {
    state: () => state,
    examine: () => {
      checks += 1
      return new Promise<Endpoint>((resolve) => waiting.push(() => resolve(endpoint)))
    },
    get checks() {
      return checks
    },
    async end() {
      for (const one of waiting.splice(0)) one()
      await new Promise(setImmediate)
    },
  }
}

it('makes one check per ttl for a hundred thousand requests', async () => {
  const [clock, it] = [testClock(), source()]
  const route = createHealthRoute(it, { ttl, clock })
  const first = route({ method: 'GET', authorized: false })
  await it.end()
  expect((await first).status).toBe(200)
  for (let period = 1; period <= 4; period++) {
    clock.advance(ttl)
    for (let request = 0; request < 25_000; request++) await route({ method: 'GET', authorized: false })
    // The check is pending during the whole period, and no request waited for it.
    expect(it.checks).toBe(period + 1)
    await it.end()
  }
})

it('waits for a check once the last result is too old', async () => {
  const [clock, it] = [testClock(), source()]
  const monitor = createHealthMonitor(it, { ttl, maxStale: ttl, clock })
  const first = monitor.check()
  await it.end()
  const known = await first
  clock.advance(2 * ttl - 1)
  expect(await monitor.check()).toBe(known)
  await it.end()
  clock.advance(2 * ttl)
  const later = monitor.check()
  await it.end()
  expect((await later).checkedAt.getTime()).toBe(clock.now())
})

it('makes further checks after one that threw synchronously', async () => {
  const clock = testClock()
  let checks = 0
  const examine = () => {
    checks += 1
    throw new Error('out of order')
  }
  const monitor = createHealthMonitor({ state: () => state, examine }, { ttl, maxStale: 1, clock })
  expect((await monitor.check()).status).toBe('fail')
  clock.advance(2 * ttl)
  expect((await monitor.check()).status).toBe('fail')
  expect(checks).toBe(2)
})

it('returns the same report until something changes, while messages are sent', async () => {
  const clock = testClock()
  let lastSuccess: SelectorState['lastSuccess'] = { endpoint, at: new Date(clock.now()), by: 'traffic' }
  const monitor = createHealthMonitor({ state: () => ({ ...state, lastSuccess: lastSuccess! }), examine: () => Promise.reject(new Error()) }, { ttl, clock })
  const report = await monitor.check()
  expect(await monitor.check()).toBe(report)
  clock.advance(1_000)
  lastSuccess = { endpoint, at: new Date(clock.now()), by: 'traffic' }
  expect((await monitor.check()).checkedAt).toEqual(lastSuccess.at)
})

it('makes a new check after the system clock was set back', async () => {
  const [clock, it] = [testClock(), source()]
  const route = createHealthRoute(it, { ttl, clock })
  const first = route({ method: 'GET', authorized: true })
  await it.end()
  await first
  clock.advance(-3_600_000)
  const again = route({ method: 'GET', authorized: true })
  expect(it.checks).toBe(2)
  await it.end()
  expect((await again).headers['cache-control']).toBe('private, max-age=30')
})

it('does not accept a message with a time in the future as evidence', async () => {
  const [clock, it] = [testClock(), source()]
  const lastSuccess = { endpoint, at: new Date(clock.now()), by: 'traffic' } as const
  const monitor = createHealthMonitor({ ...it, state: () => ({ ...state, lastSuccess }) }, { ttl, clock })
  await monitor.check()
  expect(it.checks).toBe(0)
  clock.advance(-3_600_000)
  void monitor.check()
  expect(it.checks).toBe(1)
})

it('uses German if configured', async () => {
  const clock = testClock()
  const validTo = new Date(clock.now() + 24 * 3_600_000)
  const rung = { endpoint, status: 'up', tls: { certificate: { validTo } } } as SelectorState['rungs'][number]
  const old = { state: () => ({ endpoint, rungs: [rung] }), examine: () => Promise.resolve(endpoint) }
  const { body } = await createHealthRoute(old, { locale: 'de', clock })({ method: 'GET', authorized: true })
  expect(JSON.parse(body)).toMatchObject({ status: 'warn', message: expect.stringContaining('Zertifikat') })
})

it.each([undefined, null, {}, { state: () => state }, { sendMail: () => {}, verify: () => {} }])('rejects %j as a source', (wrong) => {
  expect(() => createHealthRoute(wrong as never)).toThrow(expect.objectContaining({ code: 'health-source-invalid' }))
})

it.each([{ ttl: Number.NaN }, { ttl: 0 }, { ttl: '30' as never }, { deadline: 0 }])('refuses %j', (options) => {
  expect(() => createHealthRoute(source(), options)).toThrow(SettingsError)
})
