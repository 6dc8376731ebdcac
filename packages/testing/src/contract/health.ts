import { describe, expect, it } from 'vitest'
import type { Provider } from '../provider.ts'
import { type Adapter, testClock } from './adapter.ts'
import { eventually, fixturesFor, only587, settingsOf } from './fixtures.ts'

const TTL = 30_000
const allowAll = { authorize: () => true }

/** The behavior of the health and liveness routes over HTTP. */
export function healthContract(name: string, adapter: Adapter): void {
  const fixtures = fixturesFor(adapter)

  describe(`${name}: the health route`, () => {
    it('answers 200 with pass while the best rung is used', async () => {
      const { url } = await fixtures.app({ settings: settingsOf(await fixtures.provider()) })
      const response = await fetch(`${url}/health/smtp`)
      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toBe('application/health+json')
      expect(response.headers.get('cache-control')).toBe('private, max-age=0, must-revalidate')
      expect(response.headers.get('etag')).toMatch(/^"[\w-]{20,}"$/)
      expect(await response.json()).toEqual({ status: 'pass' })
    })

    it('answers 200 with warn on a lower rung, with details for authorized callers', async () => {
      const provider = await fixtures.provider({ faults: { 587: 'refuse' } })
      const { url } = await fixtures.app({ settings: settingsOf(provider), health: allowAll })
      const response = await fetch(`${url}/health/smtp`)
      expect(response.status).toBe(200)
      expect(await response.json()).toMatchObject({
        status: 'warn',
        message: expect.stringMatching(/\w/),
        advice: expect.stringMatching(/\w/),
        endpoint: { port: provider.ports[2525], security: 'starttls' },
        lastSuccess: { by: 'probe', port: provider.ports[2525] },
        lastFallback: { to: provider.ports[2525], reason: { code: 'connect-refused', stage: 'connect' } },
        certificateDays: expect.any(Number),
        rungs: [
          { port: provider.ports[587], status: 'down', failure: { code: 'connect-refused' } },
          { port: provider.ports[2525], status: 'up', certificateDays: expect.any(Number) },
          { port: provider.ports[465], status: 'untried' },
        ],
      })
    })

    it('answers 503 with fail when no rung works', async () => {
      const provider = await fixtures.provider({ faults: { 587: 'refuse' } })
      const { url } = await fixtures.app({ settings: only587(provider) })
      const response = await fetch(`${url}/health/smtp`)
      expect(response.status).toBe(503)
      expect(response.headers.get('content-type')).toBe('application/health+json')
      expect(await response.json()).toEqual({ status: 'fail' })
    })

    it('sends max-age to authorized callers', async () => {
      const [provider, clock] = [await fixtures.provider(), testClock()]
      const { url } = await fixtures.app({ settings: settingsOf(provider), clock, health: { ttl: TTL, ...allowAll } })
      const request = async () => (await fetch(`${url}/health/smtp`)).headers.get('cache-control')
      expect(await request()).toBe('private, max-age=30')
      clock.advance(12_000)
      expect(await request()).toBe('private, max-age=18')
    })

    it('does not reveal deliveries to unauthorized callers', async () => {
      const [provider, clock] = [await fixtures.provider(), testClock()]
      const app = await fixtures.app({ settings: only587(provider), clock, health: { ttl: TTL } })
      const request = async () => {
        const { status, headers, text } = await read(await fetch(`${app.url}/health/smtp`))
        return { status, text, headers: headers.filter(([name]) => name !== 'date') }
      }
      await request()
      clock.advance(12_000)
      const before = await request()
      app.source.reportDelivery(endpointOf(provider))
      expect(await request()).toEqual(before)
    })

    it.each([
      ['is not set', undefined],
      ['returns false', () => false],
      ['resolves to false', () => Promise.resolve(false)],
      ['rejects', () => Promise.reject(new Error('the directory is down'))],
      ['returns a truthy value that is not true', () => 'yes' as unknown as boolean],
    ])('shows only the status when authorize %s', async (_, authorize) => {
      const provider = await fixtures.provider({ faults: { 587: 'refuse' } })
      const { url } = await fixtures.app({ settings: settingsOf(provider), health: { ...(authorize && { authorize }) } })
      expect(await (await fetch(`${url}/health/smtp`)).text()).toBe('{"status":"warn"}')
    })

    it('authorizes each request separately', async () => {
      const health = { authorize: (header: (name: string) => string | undefined) => header('x-token') === 'right' }
      const { url } = await fixtures.app({ settings: settingsOf(await fixtures.provider()), health })
      const get = async (token: string) => (await fetch(`${url}/health/smtp`, { headers: { 'x-token': token } })).json()
      expect(await get('wrong')).toEqual({ status: 'pass' })
      expect(await get('right')).toHaveProperty('rungs')
    })

    it('answers HEAD like GET, without the body', async () => {
      const { url } = await fixtures.app({ settings: settingsOf(await fixtures.provider()) })
      const [get, head] = [await fetch(`${url}/health/smtp`), await fetch(`${url}/health/smtp`, { method: 'HEAD' })]
      expect(head.status).toBe(200)
      expect(await head.text()).toBe('')
      for (const header of ['content-type', 'etag', 'content-length']) {
        expect(head.headers.get(header)).toBe(get.headers.get(header))
      }
    })

    it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('answers %s with 405', async (method) => {
      const { url } = await fixtures.app({ settings: settingsOf(await fixtures.provider()) })
      const response = await fetch(`${url}/health/smtp`, { method })
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    })

    it('answers 304 only when If-None-Match matches', async () => {
      const { url } = await fixtures.app({ settings: settingsOf(await fixtures.provider()) })
      const etag = (await fetch(`${url}/health/smtp`)).headers.get('etag')!
      const get = async (ifNoneMatch: string) => {
        const { status } = await fetch(`${url}/health/smtp`, { headers: { 'if-none-match': ifNoneMatch } })
        return status
      }
      expect(await Promise.all([etag, `"x", W/${etag}`, '*', '"another"'].map(get))).toEqual([304, 304, 304, 200])
    })

    it('never answers 304 when the status is fail', async () => {
      const provider = await fixtures.provider({ faults: { 587: 'refuse' } })
      const { url } = await fixtures.app({ settings: only587(provider) })
      expect((await fetch(`${url}/health/smtp`, { headers: { 'if-none-match': '*' } })).status).toBe(503)
    })

    it('connects once for many concurrent requests', async () => {
      const provider = await fixtures.provider()
      const { url } = await fixtures.app({ settings: only587(provider) })
      const answers = await Promise.all(Array.from({ length: 50 }, () => fetch(`${url}/health/smtp`)))
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
      expect(provider.connections[587]).toBe(1)
    })

    it('answers with the last result while one check hangs', async () => {
      const [provider, clock] = [await fixtures.provider(), testClock()]
      const { url } = await fixtures.app({ settings: only587(provider), clock, health: { ttl: TTL } })
      await fetch(`${url}/health/smtp`)
      await provider.fault(587, 'silent')
      clock.advance(TTL)
      for (let times = 0; times < 20; times++) {
        expect(await (await fetch(`${url}/health/smtp`)).json()).toEqual({ status: 'pass' })
      }
      await eventually(() => expect(provider.connections[587]).toBe(2))
    })

    it('checks again after the ttl', async () => {
      const [provider, clock] = [await fixtures.provider(), testClock()]
      const { url } = await fixtures.app({ settings: only587(provider), clock, health: { ttl: TTL } })
      await fetch(`${url}/health/smtp`)
      await provider.fault(587, 'refuse')
      expect((await fetch(`${url}/health/smtp`)).status).toBe(200)
      clock.advance(TTL)
      await eventually(async () => expect((await fetch(`${url}/health/smtp`)).status).toBe(503))
    })

    it('uses an accepted message as evidence instead of connecting', async () => {
      const [provider, clock] = [await fixtures.provider(), testClock()]
      const app = await fixtures.app({ settings: only587(provider), clock, health: { ttl: TTL, ...allowAll } })
      await fetch(`${app.url}/health/smtp`)
      for (let times = 0; times < 3; times++) {
        clock.advance(TTL)
        app.source.reportDelivery(endpointOf(provider))
        expect(await (await fetch(`${app.url}/health/smtp`)).json()).toMatchObject({ status: 'pass', lastSuccess: { by: 'traffic' } })
      }
      expect(provider.connections[587]).toBe(1)
    })
  })

  describe(`${name}: the liveness route`, () => {
    it('answers 200 while mail is down, without connecting', async () => {
      const provider = await fixtures.provider({ faults: { 587: 'reset' } })
      const { url } = await fixtures.app({ settings: only587(provider) })
      const response = await fetch(`${url}/health/live`)
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/health+json'])
      expect(await response.json()).toEqual({ status: 'pass' })
      expect(provider.connections[587]).toBe(0)
    })

    it('answers POST with 405', async () => {
      const { url } = await fixtures.app({ settings: settingsOf(await fixtures.provider()) })
      expect((await fetch(`${url}/health/live`, { method: 'POST' })).status).toBe(405)
    })
  })
}

async function read(response: Response) {
  return { status: response.status, headers: [...response.headers], text: await response.text() }
}

function endpointOf(provider: Provider) {
  return { host: provider.host, port: provider.ports[587], security: 'starttls' as const }
}
