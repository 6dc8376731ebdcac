import { expect, it } from 'vitest'
import { failure } from '../test/send.ts'
import { connectClient } from '../test/smtp-client.ts'
import { startProvider } from './index.ts'

it('releases the replies of several connections, without those that have disconnected', async () => {
  await using provider = await startProvider({ faults: { 587: 'holds-at-mail' } })
  const clients = await Promise.all([connectClient(provider, 587), connectClient(provider, 587), connectClient(provider, 587)])
  for (const client of clients) {
    await client.startSession()
    await client.login()
  }
  const replies = clients.map((client) => client.command('MAIL FROM:<a@example.net>'))
  await provider.waitForHeld(587, 3)
  await clients[2].end()

  expect(provider.release(provider.ports[587])).toBe(2)
  expect(await Promise.all(replies)).toEqual(['250 2.1.0 Accepted', '250 2.1.0 Accepted', ''])
  for (const client of clients.slice(0, 2)) await client.end()
})

it('does not affect the other ports', async () => {
  await using provider = await startProvider({ faults: { 587: 'holds-after-body' } })
  const client = await connectClient(provider, 465)
  await client.startSession()
  await client.login()
  expect(await client.send()).toMatch(/^250 /)
  await client.end()
})

it('stops waiting for a reply on abort and on close', async () => {
  const provider = await startProvider({ faults: { 587: 'holds-at-mail' } })
  const reason = new Error('enough')
  await expect(provider.waitForHeld(587, 1, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  const waiting = failure(provider.waitForHeld(587))
  await provider.close()
  expect((await waiting).message).toContain('the provider was closed')
  expect(provider.release(587)).toBe(0)
})

it('lists the ports in the error for an unknown one', async () => {
  await using provider = await startProvider()
  expect(() => provider.release(26)).toThrow('There is no port 26')
  await expect(provider.waitForHeld(26)).rejects.toThrow('There is no port 26')
})
