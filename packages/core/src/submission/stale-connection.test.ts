import { expect, it, vi } from 'vitest'
import { hang, inTurn, type MailPeer, turns, until } from '../../test/mail-server.ts'
import { numbered, poolOver, resultOf, startServer, stopTime } from '../../test/submission-pool.ts'

it('replaces a reused connection without a reply to MAIL, on the same endpoint', async () => {
  const first = await startServer({ MAIL: inTurn('250 ok', hang, '250 ok') })
  const second = await startServer()
  const { send } = poolOver([first, second], { maxConnections: 1 })
  await send('first\r\n')
  stopTime()
  const sending = send('second\r\n')
  await until(() => first.count('MAIL') === 2)
  await vi.advanceTimersByTimeAsync(14_000)
  await turns(50)
  expect([first.connections, sending.settled()]).toEqual([1, 0])
  await vi.advanceTimersByTimeAsync(1_001)
  for (let turn = 0; turn < 400 && sending.settled() === 0; turn++) await turns(1)
  expect(sending.settled()).toBe(1)
  expect(resultOf(await sending)).toBe('accepted')
  expect([first.connections, second.connections, first.messages.length]).toEqual([2, 0, 2])
})

it('replaces it once, instead of trying all idle connections', async () => {
  const dead = new Set<MailPeer>()
  const server = await startServer({ MAIL: async (peer) => (await until(() => server.connections >= 5), await peer.answer(dead.has(peer) ? hang : '250 ok', '')) })
  const { send } = poolOver([server], { maxConnections: 5 })
  stopTime()
  await Promise.all(numbered(5).map((text) => send(text)))
  for (const peer of server.peers) dead.add(peer)
  await vi.advanceTimersByTimeAsync(10_000)
  const sending = send('last\r\n')
  await until(() => server.count('MAIL') === 6)
  await vi.advanceTimersByTimeAsync(15_001)
  expect(resultOf(await sending)).toBe('accepted')
  expect([server.connections, server.count('MAIL')]).toEqual([6, 7])
})

it('waits for the reply to MAIL on a new connection as long as RFC 5321 requires', async () => {
  const server = await startServer({ MAIL: hang })
  const { send } = poolOver([server], { maxConnections: 1 })
  stopTime()
  const sending = send('first\r\n')
  await until(() => server.count('MAIL') === 1)
  await vi.advanceTimersByTimeAsync(299_000)
  await turns(50)
  expect([server.connections, sending.settled()]).toEqual([1, 0])
})
