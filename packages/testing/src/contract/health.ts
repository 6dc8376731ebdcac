import { describe, expect, it, vi } from 'vitest'
import type { Provider } from '../provider.ts'
import { type Adapter, testClock } from './adapter.ts'
import { only587, settingsOf, stageFor } from './stage.ts'

const TTL = 30_000
const everybody = { authorize: () => true }

/** What the health route promises, over HTTP. */
export function healthContract(name: string, adapter: Adapter): void {
  const stage = stageFor(adapter)

  describe(`${name}: the health route`, () => {
    it('is 200 with pass while the best rung carries mail', async () => {
      const { url } = await stage.app({ settings: settingsOf(await stage.provider()) })
      const response = await fetch(`${url}/health/smtp`)
      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toBe('application/health+json')
      expect(response.headers.get('cache-control')).toBe('private, max-age=0, must-revalidate')
      expect(response.headers.get('etag')).toMatch(/^"[\w-]{20,}"$/)
      expect(await response.json()).toEqual({ status: 'pass' })
    })

    it('is 200 with warn on a lower rung, and tells who may know when and why', async () => {
      const provider = await stage.provider({ faults: { 587: 'refuse' } })
      const { url } = await stage.app({ settings: settingsOf(provider), health: everybody })
      const response = await fetch(`${url}/health/smtp`)
      expect(response.status).toBe(200)
      expect(await response.json()).toMatchObject({
        status: 'warn',
        message: expect.stringMatching(/\w/),
        advice: expect.stringMatching(/\w/),
        endpoint: { port: provider.ports[2525], security: 'starttls' },
        proof: { by: 'probe', port: provider.ports[2525] },
        lastFallback: { to: provider.ports[2525], why: { code: 'connect-refused', stage: 'connect' } },
        certificateDays: expect.any(Number),
        rungs: [
          { port: provider.ports[587], standing: 'down', failure: { code: 'connect-refused' } },
          { port: provider.ports[2525], standing: 'up', certificateDays: expect.any(Number) },
          { port: provider.ports[465], standing: 'untried' },
        ],
      })
    })

    it('is 503 with fail when nothing does', async () => {
      const provider = await stage.provider({ faults: { 587: 'refuse' } })
      const { url } = await stage.app({ settings: only587(provider) })
      const response = await fetch(`${url}/health/smtp`)
      expect(response.status).toBe(503)
      expect(response.headers.get('content-type')).toBe('application/health+json')
      expect(await response.json()).toEqual({ status: 'fail' })
    })

    it('tells who may know for how long that holds', async () => {
      const [provider, clock] = [await stage.provider(), testClock()]
      const { url } = await stage.app({ settings: settingsOf(provider), clock, health: { ttl: TTL, ...everybody } })
      const asked = async () => (await fetch(`${url}/health/smtp`)).headers.get('cache-control')
      expect(await asked()).toBe('private, max-age=30')
      clock.turn(12_000)
      expect(await asked()).toBe('private, max-age=18')
    })

    it('does not tell others that a message has just gone out to somebody', async () => {
      const [provider, clock] = [await stage.provider(), testClock()]
      const app = await stage.app({ settings: only587(provider), clock, health: { ttl: TTL } })
      const asked = async () => {
        const { status, headers, text } = await read(await fetch(`${app.url}/health/smtp`))
        return { status, text, headers: headers.filter(([name]) => name !== 'date') }
      }
      await asked()
      clock.turn(12_000)
      const before = await asked()
      app.source.reportDelivery(endpointOf(provider))
      expect(await asked()).toEqual(before)
    })

    it.each([
      ['is asked for without authorize', undefined],
      ['is refused', () => false],
      ['is promised a refusal', () => Promise.resolve(false)],
      ['meets an error', () => Promise.reject(new Error('the directory is down'))],
      ['meets something like a yes', () => 'yes' as unknown as boolean],
    ])('shows the status alone to who %s', async (_, authorize) => {
      const provider = await stage.provider({ faults: { 587: 'refuse' } })
      const { url } = await stage.app({ settings: settingsOf(provider), health: { ...(authorize && { authorize }) } })
      expect(await (await fetch(`${url}/health/smtp`)).text()).toBe('{"status":"warn"}')
    })

    it('tells one request from another', async () => {
      const health = { authorize: (header: (name: string) => string | undefined) => header('x-token') === 'right' }
      const { url } = await stage.app({ settings: settingsOf(await stage.provider()), health })
      const ask = async (token: string) => (await fetch(`${url}/health/smtp`, { headers: { 'x-token': token } })).json()
      expect(await ask('wrong')).toEqual({ status: 'pass' })
      expect(await ask('right')).toHaveProperty('rungs')
    })

    it('answers HEAD as GET, without the body', async () => {
      const { url } = await stage.app({ settings: settingsOf(await stage.provider()) })
      const [get, head] = [await fetch(`${url}/health/smtp`), await fetch(`${url}/health/smtp`, { method: 'HEAD' })]
      expect(head.status).toBe(200)
      expect(await head.text()).toBe('')
      for (const header of ['content-type', 'etag', 'content-length']) {
        expect(head.headers.get(header)).toBe(get.headers.get(header))
      }
    })

    it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('is 405 for %s', async (method) => {
      const { url } = await stage.app({ settings: settingsOf(await stage.provider()) })
      const response = await fetch(`${url}/health/smtp`, { method })
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    })

    it('is 304 for what the reader has, and only for that', async () => {
      const { url } = await stage.app({ settings: settingsOf(await stage.provider()) })
      const etag = (await fetch(`${url}/health/smtp`)).headers.get('etag')!
      const ask = async (ifNoneMatch: string) => {
        const { status } = await fetch(`${url}/health/smtp`, { headers: { 'if-none-match': ifNoneMatch } })
        return status
      }
      expect(await Promise.all([etag, `"x", W/${etag}`, '*', '"another"'].map(ask))).toEqual([304, 304, 304, 200])
    })

    it('is never 304 while the mail is down', async () => {
      const provider = await stage.provider({ faults: { 587: 'refuse' } })
      const { url } = await stage.app({ settings: only587(provider) })
      expect((await fetch(`${url}/health/smtp`, { headers: { 'if-none-match': '*' } })).status).toBe(503)
    })

    it('connects once, whoever asks and however often', async () => {
      const provider = await stage.provider()
      const { url } = await stage.app({ settings: only587(provider) })
      const answers = await Promise.all(Array.from({ length: 50 }, () => fetch(`${url}/health/smtp`)))
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
      expect(provider.connections[587]).toBe(1)
    })

    it('gives the last result while the provider hangs, and makes one check for all', async () => {
      const [provider, clock] = [await stage.provider(), testClock()]
      const { url } = await stage.app({ settings: only587(provider), clock, health: { ttl: TTL } })
      await fetch(`${url}/health/smtp`)
      await provider.fault(587, 'silent')
      clock.turn(TTL)
      for (let times = 0; times < 20; times++) {
        expect(await (await fetch(`${url}/health/smtp`)).json()).toEqual({ status: 'pass' })
      }
      await vi.waitFor(() => expect(provider.connections[587]).toBe(2))
    })

    it('finds out what has changed once the ttl is over', async () => {
      const [provider, clock] = [await stage.provider(), testClock()]
      const { url } = await stage.app({ settings: only587(provider), clock, health: { ttl: TTL } })
      await fetch(`${url}/health/smtp`)
      await provider.fault(587, 'refuse')
      expect((await fetch(`${url}/health/smtp`)).status).toBe(200)
      clock.turn(TTL)
      await vi.waitFor(async () => expect((await fetch(`${url}/health/smtp`)).status).toBe(503))
    })

    it('takes a message that was accepted for an answer, and connects not at all', async () => {
      const [provider, clock] = [await stage.provider(), testClock()]
      const app = await stage.app({ settings: only587(provider), clock, health: { ttl: TTL, ...everybody } })
      await fetch(`${app.url}/health/smtp`)
      for (let times = 0; times < 3; times++) {
        clock.turn(TTL)
        app.source.reportDelivery(endpointOf(provider))
        expect(await (await fetch(`${app.url}/health/smtp`)).json()).toMatchObject({ status: 'pass', proof: { by: 'traffic' } })
      }
      expect(provider.connections[587]).toBe(1)
    })
  })

  describe(`${name}: the liveness route`, () => {
    it('is 200 while the mail is down, and never asks', async () => {
      const provider = await stage.provider({ faults: { 587: 'reset' } })
      const { url } = await stage.app({ settings: only587(provider) })
      const response = await fetch(`${url}/health/live`)
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/health+json'])
      expect(await response.json()).toEqual({ status: 'pass' })
      expect(provider.connections[587]).toBe(0)
    })

    it('is 405 for POST', async () => {
      const { url } = await stage.app({ settings: settingsOf(await stage.provider()) })
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
