import { startProvider, type ProviderOptions } from '@postern/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ManualClock } from '../../test/manual-clock.ts'
import { createEndpointSelector } from '../selection/selector.ts'
import { createHealthMonitor } from './monitor.ts'
import { observedHealth } from './report.ts'

async function observe(faults: ProviderOptions['faults'] = {}) {
  const provider = await startProvider({ faults })
  const clock = new ManualClock()
  // The provider's certificates expire relative to the real time.
  clock.time = Date.now()
  const selector = createEndpointSelector(provider.settings, { clock, timing: { attemptDelay: 60_000, preferenceGrace: 60_000 } })
  const monitor = createHealthMonitor(selector, { ttl: 30_000, maxStale: 0, clock })
  onTestFinished(async () => {
    selector.close()
    await provider.close()
  })
  return { provider, clock, selector, monitor, observed: () => observedHealth(selector.state(), { locale: 'en', now: clock.now() }) }
}

const down = { 587: 'refuse', 2525: 'refuse', 465: 'refuse' } as const

describe('the observed health', () => {
  it.each<[what: string, faults: ProviderOptions['faults'], status: string]>([
    ['the best rung works', {}, 'pass'],
    ['a lower rung works', { 587: 'bad-certificate' }, 'warn'],
    ['no rung works', down, 'fail'],
    ['the login is refused', { 587: 'auth-rejected' }, 'fail'],
  ])('is that of a check if %s', async (_, faults, status) => {
    const { monitor, observed } = await observe(faults)
    expect(observed()).toBeUndefined()
    const report = await monitor.check()
    expect(observed()).toEqual(report)
    expect(report.status).toBe(status)
  })

  it('changes with the certificate, without a check', async () => {
    const { clock, monitor, selector, observed } = await observe()
    await monitor.check()
    clock.time = selector.state().rungs[0]!.tls!.certificate.validTo.getTime() - 1
    expect(observed()).toMatchObject({ status: 'warn', message: expect.stringContaining('certificate') })
  })

  it('is unknown after a failure in traffic, until the other rungs were tried', async () => {
    const { provider, selector, monitor, observed } = await observe()
    await monitor.check()
    selector.reportFailure(selector.endpoint!, { code: 'connection-lost', stage: 'mail', message: 'Lost.', advice: 'Wait.' })
    expect(observed()).toBeUndefined()
    await Promise.all(([587, 2525, 465] as const).map((port) => provider.fault(port, 'refuse')))
    await expect(selector.connect()).rejects.toMatchObject({ code: 'no-usable-endpoint' })
    expect(observed()).toMatchObject({ status: 'fail', message: expect.stringMatching(/No mail port/) })
  })

  it('is "fail" with the failure of the best rung if all of them failed one by one', async () => {
    const { selector, observed } = await observe()
    for (const { endpoint } of selector.state().rungs) {
      selector.reportFailure(endpoint, { code: 'connection-lost', stage: 'mail', message: `Lost at ${endpoint.security}.`, advice: 'Wait.' })
    }
    expect(observed()).toMatchObject({ status: 'fail', message: 'Lost at starttls.', advice: 'Wait.' })
  })

  it('is "fail" after a login was refused in traffic, although the endpoint works, until a message is accepted', async () => {
    const { selector, observed } = await observe()
    const { endpoint, socket } = await selector.connect()
    socket.destroy()
    selector.reportRefusedLogin({ code: 'auth-rejected', stage: 'auth', message: 'No.', advice: 'Try another.' })
    expect(observed()).toMatchObject({ status: 'fail', message: 'No.', advice: 'Try another.' })
    selector.reportDelivery(endpoint)
    expect(observed()).toMatchObject({ status: 'pass' })
  })
})
