import { describe, expect, it, vi } from 'vitest'
import { inTurn, turns, until } from '../../test/mail-server.ts'
import { numbered, poolOver, startServer, stopTime } from '../../test/submission-pool.ts'

describe('a message that a server defers with 4.7.x', () => {
  it('fails after a while although other messages are accepted meanwhile', async () => {
    const server = await startServer({ RCPT: (peer, line) => peer.say(line.includes('grey') ? '450 4.7.1 Greylisted, come back later' : '250 ok') })
    const { send } = poolOver([server], { maxConnections: 2 })
    stopTime()
    const greylisted = send('greylisted\r\n', { envelope: { from: 'ada@example.com', to: ['grey@example.net'] } })
    // An hour, in which a message comes every ten seconds.
    for (let count = 0; count < 360 && greylisted.settled() === 0; count++) {
      const other = send('another\r\n')
      await vi.advanceTimersByTimeAsync(10_000)
      for (let turn = 0; turn < 400 && other.settled() === 0; turn++) await turns(1)
    }
    expect(greylisted.settled()).toBe(1)
  })

  it('does not stop the others', async () => {
    const server = await startServer({ RCPT: (peer, line) => peer.say(line.includes('grey') ? '450 4.7.1 Greylisted, come back later' : '250 ok') })
    const { send } = poolOver([server], { maxConnections: 1 })
    stopTime()
    void send('greylisted\r\n', { envelope: { from: 'ada@example.com', to: ['grey@example.net'] } })
    const others = numbered(5).map((text) => send(text))
    // The pauses of two minutes.
    for (let second = 0; second < 120; second++) {
      await vi.advanceTimersByTimeAsync(1_000)
      await turns(20)
    }
    expect(others.map(({ settled }) => settled())).toEqual([1, 1, 1, 1, 1])
  })
})

describe('a pause', () => {
  it('ends in time if connections were refused at MAIL', async () => {
    const server = await startServer({ MAIL: (peer) => (server.open > 2 ? void peer.socket.end('421 4.7.0 too many connections\r\n') : peer.say('250 ok')) })
    const { send } = poolOver([server], { maxConnections: 6 })
    stopTime()
    const sent = numbered(20).map((text) => send(text))
    for (let second = 0; second < 3; second++) {
      await turns(200)
      await vi.advanceTimersByTimeAsync(1_000)
    }
    expect(sent.filter(({ settled }) => settled() === 0)).toHaveLength(0)
  })

  it('ends in time even if the connection limit was lowered before', async () => {
    const server = await startServer({ greeting: (peer) => (server.open > 1 ? void peer.socket.end('421 4.7.0 too many connections\r\n') : peer.say('220 ready')), MAIL: inTurn('250 ok', '450 4.7.1 slow down', '250 ok') })
    const { send } = poolOver([server], { maxConnections: 2 })
    stopTime()
    const sent = numbered(4).map((text) => send(text))
    await until(() => server.count('MAIL') === 2)
    await turns(50)
    await vi.advanceTimersByTimeAsync(1_001)
    await turns(200)
    expect(sent.map(({ settled }) => settled())).toEqual([1, 1, 1, 1])
  })
})
