import { startProvider } from '@postern/testing'
import { createEndpointSelector, parseSettings } from '@postern/core'
import type { RequestEvent, RequestHandler } from '@sveltejs/kit'
import { expect, it, onTestFinished } from 'vitest'
import { smtpHealth, smtpSettingsCheck } from './index.ts'

/** The parts of SvelteKit's event that the handlers use. */
function eventFrom(address: string, path: string, init?: RequestInit): RequestEvent {
  return { request: new Request(`http://localhost${path}`, init), getClientAddress: () => address } as RequestEvent
}

it('is mounted in a +server.ts of SvelteKit', async () => {
  await using provider = await startProvider({ faults: { 587: 'refuse' } })
  const source = createEndpointSelector(parseSettings(provider.settings))
  onTestFinished(() => source.close())
  const health = smtpHealth(source)
  const GET: RequestHandler = ({ request }) => health(request)
  const response = await GET(eventFrom('192.0.2.1', '/health/smtp'))
  expect([response.status, await response.json()]).toEqual([200, { status: 'warn' }])
})

it('limits the rate by the address that SvelteKit determines', async () => {
  const check = smtpSettingsCheck({ authorize: () => true, caller: (_request, event: RequestEvent) => event.getClientAddress(), rate: { checks: 1 } })
  const POST: RequestHandler = (event) => check(event.request, event)
  const statusFor = async (address: string) =>
    (await POST(eventFrom(address, '/settings/check', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"settings":{"host":"smtp.example.com"}}' }))).status
  expect([await statusFor('192.0.2.1'), await statusFor('192.0.2.1'), await statusFor('192.0.2.2')]).toEqual([200, 429, 200])
})
