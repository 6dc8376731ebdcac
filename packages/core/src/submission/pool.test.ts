import { describe, expect, it, vi } from 'vitest'
import { turns } from '../../test/mail-server.ts'
import { dialogues, textOf } from '../../test/submission-client.ts'
import { numbered, poolOver, resultOf, startServer, stopTime } from '../../test/submission-pool.ts'
import { messageBody, PushedBodyReader } from './body.ts'
import type { PoolState } from './pool-options.ts'

describe('a pool', () => {
  it('sends messages in order', async () => {
    const server = await startServer()
    const { send } = poolOver([server], { maxConnections: 1 })
    const texts = numbered(100)
    const settled: number[] = []
    await Promise.all(texts.map(async (text, index) => (await send(text), settled.push(index))))
    expect(server.messages).toEqual(texts)
    expect(settled).toEqual(texts.map((_, index) => index))
    expect(server.connections).toBe(1)
  })

  it.each(Object.entries(dialogues))('sends each message once over several connections, %s, and under TLS', async (_, offer) => {
    const server = await startServer({}, { offer, isSecure: true })
    const { send } = poolOver([server], { maxConnections: 5 })
    const texts = numbered(300)
    const outcomes = await Promise.all(texts.map((text) => send(text)))
    expect(outcomes.map(resultOf)).toEqual(texts.map(() => 'accepted'))
    expect(server.messages.toSorted()).toEqual(texts.toSorted())
    expect(server.connections).toBeLessThanOrEqual(5)
  })

  it('opens no more connections than there are messages', async () => {
    const server = await startServer()
    const { send } = poolOver([server], { maxConnections: 5 })
    await Promise.all(numbered(2).map((text) => send(text)))
    await turns(20)
    expect(server.connections).toBeLessThanOrEqual(2)
  })

  it('settles no message before `add` has returned', async () => {
    const server = await startServer()
    const { send } = poolOver([server])
    const sending = [send({ isReplayable: false, open: () => { throw new Error('no such file') } }), send('a\r\n')]
    expect(sending.map(({ settled }) => settled())).toEqual([0, 0])
    expect(resultOf(await sending[0]!)).toBe('message-unreadable, retryable')
    expect(resultOf(await sending[1]!)).toBe('accepted')
  })

  it('counts pending messages, and resolves when there are none', async () => {
    const server = await startServer()
    const onIdle = vi.fn<() => void>()
    const { pool, send } = poolOver([server], { maxConnections: 2, onIdle })
    expect([pool.pending, pool.isIdle]).toEqual([0, true])
    await pool.settled()
    const sending = numbered(5).map((text) => send(text))
    expect([pool.pending, pool.isIdle]).toEqual([5, false])
    await pool.settled()
    expect([pool.pending, pool.isIdle, onIdle.mock.calls.length]).toEqual([0, true, 1])
    expect(sending.map(({ settled }) => settled())).toEqual([1, 1, 1, 1, 1])
  })

  it('has its queue and its connections as its state', async () => {
    const server = await startServer()
    const { pool, send } = poolOver([server], { maxConnections: 2 })
    expect(pool.state).toEqual({ queued: 0, pending: 0, connections: 0, maxConnections: 2 })
    const states: PoolState[] = []
    const sending = numbered(6).map((text) => send(text, { settle: () => states.push(pool.state) }))
    expect(pool.state).toEqual({ queued: 6, pending: 6, connections: 0, maxConnections: 2 })
    expect(sending).toHaveLength(6)
    await pool.settled()
    for (const { queued, pending, connections } of states) {
      expect(queued).toBeLessThanOrEqual(pending)
      expect(pending - queued).toBeLessThanOrEqual(2)
      expect(connections).toBeLessThanOrEqual(2)
    }
    expect(pool.state).toMatchObject({ queued: 0, pending: 0 })
  })

  it('tells each message when it was added', async () => {
    const server = await startServer()
    const { send } = poolOver([server])
    stopTime()
    const added = Date.now()
    const since = new Promise((resolve) => send('a\r\n', { settle: (_, at) => resolve(at) }))
    vi.setSystemTime(added + 5_000)
    expect(await since).toBe(added)
  })

  it('reads a message when it is about to be sent', async () => {
    const server = await startServer()
    const { send } = poolOver([server], { maxConnections: 2 })
    let open = 0
    let most = 0
    const body = () => ({
      isReplayable: true,
      open: () => {
        open += 1
        most = Math.max(most, open)
        const reading = messageBody('a message\r\n').open()
        const destroy = reading.destroy.bind(reading)
        reading.destroy = () => {
          open -= 1
          destroy()
        }
        return reading
      },
    })
    await Promise.all(Array.from({ length: 60 }, () => send(body())))
    expect(open).toBe(0)
    // Those on a connection, twice as many that are ready, and those whose outcome is about to be given.
    expect(most).toBeLessThanOrEqual(2 + 4 + 2)
  })

  it('is not delayed by a slow source while others are ready', async () => {
    const server = await startServer()
    const { send } = poolOver([server], { maxConnections: 1 })
    const slow = new PushedBodyReader()
    const first = send({ isReplayable: false, open: () => slow })
    expect(resultOf(await send('quick\r\n'))).toBe('accepted')
    expect(first.settled()).toBe(0)
    slow.push(Buffer.from('slow\r\n'))
    slow.end()
    expect(resultOf(await first)).toBe('accepted')
    expect(server.messages).toEqual(['quick\r\n', 'slow\r\n'])
  })

  it('fails a source without data for ten minutes, and no other', async () => {
    const server = await startServer()
    const { send } = poolOver([server])
    stopTime()
    await Promise.all(numbered(2).map((text) => send(text)))
    const dead = send({ isReplayable: false, open: () => new PushedBodyReader() })
    const slow = new PushedBodyReader()
    const slowly = send({ isReplayable: false, open: () => slow })
    for (let minute = 0; minute < 12; minute++) {
      slow.push(Buffer.from('a line a minute\r\n'))
      await turns(20)
      await vi.advanceTimersByTimeAsync(60_000)
    }
    expect([dead.settled(), slowly.settled()]).toEqual([1, 0])
    expect(resultOf(await dead)).toBe('message-unreadable, retryable')
    slow.end()
    expect(resultOf(await slowly)).toBe('accepted')
  })

  it('reports an invalid envelope, and continues', async () => {
    const server = await startServer({}, { offer: ['SIZE 100'] })
    const { send } = poolOver([server], { maxConnections: 1 })
    const sent = [
      send('a\r\n', { envelope: { from: '', to: [] } }),
      send('a\r\n', { envelope: { from: '', to: ['a\r\nRSET'] } }),
      send(textOf(200)),
      send('a\r\n', { get envelope(): never { throw new Error('broken') } }),
      send('a\r\n'),
    ]
    expect((await Promise.all(sent)).map(resultOf)).toEqual(['envelope-invalid', 'envelope-invalid', 'message-too-large', 'envelope-invalid', 'accepted'])
    expect([server.connections, server.messages]).toEqual([1, ['a\r\n']])
  })
})
