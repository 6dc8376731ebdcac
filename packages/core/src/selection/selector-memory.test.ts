import { startProvider } from '@postern/testing'
import { expect, it, onTestFinished } from 'vitest'
import { ManualClock } from '../../test/manual-clock.ts'
import { describeFailure } from '../failure/failure.ts'
import type { SmtpSettings } from '../settings/settings.ts'
import type { SelectorOptions } from './selector-state.ts'
import { createEndpointSelector } from './selector.ts'

const timing = { attemptDelay: 60_000, preferenceGrace: 60_000 }

function selectorFor(settings: SmtpSettings, options: SelectorOptions) {
  const selector = createEndpointSelector(settings, { timing, ...options })
  onTestFinished(() => selector.close())
  return selector
}

it('has a memory after use, while nothing is in progress', async () => {
  await using provider = await startProvider()
  const selector = selectorFor(provider.settings, {})
  expect(selector.memory).toBeUndefined()
  const connecting = selector.connect()
  expect(selector.memory).toBeUndefined()
  const { socket } = await connecting
  socket.destroy()
  expect(selector.memory).toMatchObject({ endpoint: { port: provider.ports[587] } })
  const examining = selector.examine()
  expect(selector.memory).toBeUndefined()
  await examining
  expect(selector.memory).toBeDefined()
  selector.close()
  expect(selector.memory).toBeUndefined()
})

it('has no memory while a better rung is to be checked again', async () => {
  await using provider = await startProvider({ faults: { 587: 'refuse' } })
  const selector = selectorFor(provider.settings, {})
  const { socket } = await selector.connect()
  socket.destroy()
  expect(selector.state()).toMatchObject({ endpoint: { port: provider.ports[2525] }, nextCheckAt: expect.any(Date) as Date })
  expect(selector.memory).toBeUndefined()
})

it('lets another selector continue with what it has learnt', async () => {
  await using provider = await startProvider()
  const clock = new ManualClock()
  const first = selectorFor(provider.settings, { clock })
  await first.examine()
  const [endpoint, next] = first.state().rungs.map((rung) => rung.endpoint)
  first.reportFailure(next!, describeFailure({ code: 'connection-lost', stage: 'data' }, next!, 'en'))
  const before = first.state()
  expect(first.memory?.state).toEqual(before)

  const second = selectorFor(provider.settings, { clock })
  second.memory = first.memory
  const events: string[] = []
  for (const name of ['selected', 'fallback', 'recovered'] as const) second.on(name, () => events.push(name))
  expect(second.state()).toEqual(before)
  await second.examine()
  // The endpoint was chosen before, and so was the login.
  expect([second.endpoint, events]).toEqual([endpoint, []])
  expect(provider.logins).toHaveLength(1)
})

it('remembers a login that was refused', async () => {
  await using provider = await startProvider()
  const auth = { user: 'ada@example.com', pass: 'wrong' }
  const clock = new ManualClock()
  const first = selectorFor({ ...provider.settings, auth }, { clock })
  await expect(first.examine()).rejects.toMatchObject({ diagnosis: { code: 'auth-rejected' } })
  const second = selectorFor({ ...provider.settings, auth }, { clock })
  second.memory = first.memory
  await expect(second.examine()).rejects.toMatchObject({ diagnosis: { code: 'auth-rejected' } })
  expect(provider.logins).toHaveLength(1)
})
