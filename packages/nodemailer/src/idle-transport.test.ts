import { startProvider } from '@postern/testing'
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import { letter, mailerFor } from '../test/mail.ts'
import { createEngine, retireEngine } from './engine.ts'

// A spy counts calls without replacing the functions.
vi.mock('./engine.ts', { spy: true })

const created = () => vi.mocked(createEngine).mock.calls.length
const retired = () => vi.mocked(retireEngine).mock.results.filter(({ value }) => value !== undefined).length

/** Resolves when the attempt to retire an engine was made. */
const settled = () => vi.waitUntil(() => vi.mocked(retireEngine).mock.calls.length > 0, 10_000)

beforeEach(() => {
  vi.clearAllMocks()
})

it('retires its engine when the last connection has closed, and keeps what it has learnt', async () => {
  await using provider = await startProvider()
  const mailer = mailerFor(provider.settings)
  const selected = vi.fn()
  mailer.on('selected', selected)
  await mailer.sendMail(letter)
  const before = { endpoint: mailer.endpoint, state: mailer.state(), metrics: mailer.metrics() }
  expect(before.metrics.endpoints[0]).toMatchObject({ attempts: { used: 1 }, sends: { accepted: 1 } })
  await vi.waitUntil(() => retired() === 1, 10_000)
  expect({ endpoint: mailer.endpoint, state: mailer.state(), metrics: mailer.metrics() }).toEqual(before)
  expect(created()).toBe(1)

  await mailer.sendMail(letter)
  expect(created()).toBe(2)
  expect(mailer.metrics().endpoints[0]).toMatchObject({ attempts: { used: 2 }, sends: { accepted: 2 } })
  expect(selected).toHaveBeenCalledOnce()
  expect(provider.messages).toHaveLength(2)
})

it('keeps its engine between consecutive messages', async () => {
  await using provider = await startProvider()
  const mailer = mailerFor(provider.settings)
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  for (let count = 0; count < 3; count++) await mailer.sendMail(letter)
  expect([created(), retired()]).toEqual([1, 0])
  // Advances the time.
  await vi.waitUntil(() => retired() === 1, 10_000)
})

it('retires its engine after a check', async () => {
  await using provider = await startProvider()
  const mailer = mailerFor(provider.settings)
  const endpoint = await mailer.ready()
  await vi.waitUntil(() => retired() === 1, 10_000)
  expect(mailer.endpoint).toEqual(endpoint)
  await mailer.ready()
  expect(provider.logins).toHaveLength(1)
})

it('keeps its engine while a pooled connection is open', async () => {
  await using provider = await startProvider()
  const mailer = mailerFor(provider.settings, { pool: true })
  await mailer.sendMail(letter)
  await mailer.ready()
  await settled()
  expect(retired()).toBe(0)
  await mailer.sendMail(letter)
  expect(provider.connections[587]).toBe(2)
})

it('keeps its engine on a lower rung, to check the better ones', async () => {
  await using provider = await startProvider({ faults: { 587: 'refuse' } })
  const mailer = mailerFor(provider.settings)
  await mailer.sendMail(letter)
  await mailer.ready()
  await settled()
  expect(retired()).toBe(0)
  expect(mailer.state().nextCheckAt).toBeInstanceOf(Date)
})

it('keeps its engine after no port worked, until one does', async () => {
  await using provider = await startProvider({ faults: { 587: 'refuse', 2525: 'refuse', 465: 'refuse' } })
  const mailer = mailerFor(provider.settings)
  await expect(mailer.ready()).rejects.toMatchObject({ code: 'no-usable-endpoint' })
  await settled()
  expect(retired()).toBe(0)
  const recovered = vi.fn()
  mailer.on('selected', recovered)
  await provider.heal(587)
  await mailer.ready()
  await vi.waitUntil(() => retired() === 1, 10_000)
  expect(recovered).toHaveBeenCalledOnce()
})

it('stays closed', async () => {
  await using provider = await startProvider()
  const mailer = mailerFor(provider.settings, { pool: true })
  await mailer.sendMail(letter)
  mailer.close()
  await expect(mailer.sendMail(letter)).rejects.toMatchObject({ code: 'aborted' })
  expect(retired()).toBe(0)
})
