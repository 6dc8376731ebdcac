import { describe, expect, it, vi } from 'vitest'
import { close, inTurn, type MailPeer, type MailServer, turns, until } from '../../test/mail-server.ts'
import { dialogues } from '../../test/submission-client.ts'
import { numbered, poolOver, resultOf, startServer, stopTime } from '../../test/submission-pool.ts'

/** How many messages each connection carried. */
const carried = ({ peers }: MailServer) => peers.map(({ messages }) => messages.length)

describe('a connection', () => {
  it('sends `maxMessages` messages', async () => {
    const server = await startServer()
    const { send } = poolOver([server], { maxConnections: 1, maxMessages: 3 })
    await Promise.all(numbered(8).map((text) => send(text)))
    await until(() => server.count('QUIT') === 2)
    expect(carried(server)).toEqual([3, 3, 2])
  })

  it('sends one message if connections are not kept', async () => {
    const server = await startServer()
    const { send } = poolOver([server], { keepsConnections: false, maxConnections: Infinity })
    await Promise.all(numbered(4).map((text) => send(text)))
    await until(() => server.count('QUIT') === server.connections)
    expect(carried(server)).toEqual([1, 1, 1, 1])
  })

  it('is reset and used again after a refusal', async () => {
    const server = await startServer({ RCPT: inTurn('550 no', '250 ok') })
    const { send } = poolOver([server], { maxConnections: 1 })
    const sent = numbered(3).map((text) => send(text))
    expect((await Promise.all(sent)).map(resultOf)).toEqual(['recipient-rejected', 'accepted', 'accepted'])
    expect([server.connections, server.count('RSET')]).toEqual([1, 1])
  })

  it('that is idle is closed after idleTimeout, and the most recently used one is reused', async () => {
    const server = await startServer({ MAIL: (peer) => (server.count('MAIL') === 1 || server.open < 3 ? until(() => server.open >= 3).then(() => peer.say('250 ok')) : peer.say('250 ok')) })
    const { send } = poolOver([server], { maxConnections: 3, idleTimeout: 5_000 })
    stopTime()
    await Promise.all(numbered(3).map((text) => send(text)))
    expect(server.open).toBe(3)
    await vi.advanceTimersByTimeAsync(3_000)
    await send('another\r\n')
    await vi.advanceTimersByTimeAsync(2_001)
    await until(() => server.count('QUIT') === 2)
    expect(server.count('QUIT')).toBe(2)
    await vi.advanceTimersByTimeAsync(2_999)
    await until(() => server.count('QUIT') === 3)
    expect(server.connections).toBe(3)
  })

  it('that is idle is never closed if `idleTimeout` is Infinity', async () => {
    const server = await startServer()
    const { send } = poolOver([server], { idleTimeout: Infinity })
    stopTime()
    await send('first\r\n')
    await vi.advanceTimersByTimeAsync(100 * 3_600_000)
    await send('second\r\n')
    expect([server.connections, server.count('QUIT')]).toEqual([1, 0])
  })

  it.each<[string, (peer: MailPeer) => void]>([
    ['FIN', (peer) => peer.socket.end()],
    ['RST', (peer) => peer.socket.resetAndDestroy()],
    ['421', (peer) => peer.say('421 4.4.2 idle for too long')],
  ])('that the server has closed by %s is not used again', async (_, end) => {
    const server = await startServer()
    const { send } = poolOver([server], { maxConnections: 1 })
    await send('first\r\n')
    const peer = await server.peer()
    end(peer)
    await peer.gone
    await turns(5)
    expect(resultOf(await send('second\r\n'))).toBe('accepted')
    expect(carried(server)).toEqual([1, 1])
  })

  it.each(Object.keys(dialogues) as (keyof typeof dialogues)[])('that turns out to be closed when it is used is replaced, %s', async (dialogue) => {
    const server = await startServer({}, { offer: dialogues[dialogue] })
    const { send, attempts } = poolOver([server], { maxConnections: 1 })
    stopTime()
    await send('first\r\n')
    // After two seconds, the message waits for the reply to its envelope.
    await vi.advanceTimersByTimeAsync(2_000)
    server.script = { MAIL: inTurn(close, '250 ok') }
    const outcome = await send('second\r\n')
    expect(resultOf(outcome)).toBe('accepted')
    expect([attempts.length, server.messages]).toEqual([1, ['first\r\n', 'second\r\n']])
  })

  it('that was idle for two seconds gets no message before its envelope is accepted', async () => {
    const server = await startServer({}, { offer: dialogues.chunked })
    const { send } = poolOver([server], { maxConnections: 1 })
    stopTime()
    await send('first\r\n')
    const early: boolean[] = []
    server.script = { MAIL: async (peer) => (await turns(20), early.push(peer.unread.includes('BDAT')), peer.say('250 ok')) }
    await vi.advanceTimersByTimeAsync(1_900)
    await send('second\r\n')
    await vi.advanceTimersByTimeAsync(2_000)
    await send('third\r\n')
    expect(early).toEqual([true, false])
    expect(server.messages).toEqual(['first\r\n', 'second\r\n', 'third\r\n'])
  })
})

describe('a rate limit', () => {
  it('limits the messages per window', async () => {
    const server = await startServer()
    const { send } = poolOver([server], { maxConnections: 3, rateLimit: 2, rateDelta: 10_000 })
    stopTime()
    const sent = numbered(5).map((text) => send(text))
    const counts: number[] = []
    for (let window = 0; window < 3; window++) {
      await turns(100)
      counts.push(server.messages.length)
      await vi.advanceTimersByTimeAsync(10_000)
    }
    await Promise.all(sent)
    expect(counts).toEqual([2, 4, 5])
  })
})
