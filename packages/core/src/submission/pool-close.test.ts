import { describe, expect, it, vi } from 'vitest'
import { hang, turns, until } from '../../test/mail-server.ts'
import { numbered, poolOver, resultOf, startServer, stopTime } from '../../test/submission-pool.ts'

describe('a close', () => {
  it('finishes the messages on a connection, and fails those in the queue', async () => {
    let mayEnd = false
    const server = await startServer({ end: async (peer) => (await until(() => mayEnd), peer.say('250 ok')) })
    const { pool, send } = poolOver([server], { maxConnections: 2 })
    const sent = numbered(10).map((text) => send(text))
    await until(() => server.messages.length === 2)
    pool.close(false)
    expect(sent.map(({ settled }) => settled())).toEqual([0, 0, 1, 1, 1, 1, 1, 1, 1, 1])
    mayEnd = true
    const outcomes = (await Promise.all(sent)).map(resultOf)
    expect(outcomes.map((outcome) => outcome === 'accepted')).toEqual(sent.map((_, index) => index < 2))
    expect(new Set(outcomes.slice(2))).toEqual(new Set(['aborted, retryable']))
    await server.quiet()
    expect([pool.pending, server.count('QUIT')]).toEqual([0, 2])
  })

  it('closes idle connections with QUIT', async () => {
    const server = await startServer({ QUIT: hang })
    const { pool, send } = poolOver([server])
    await send('a\r\n')
    pool.close(false)
    await server.quiet()
    expect(server.lines.at(-1)).toBe('QUIT')
  })

  it('aborts the opening of a connection that is no longer needed', async () => {
    const server = await startServer({ greeting: hang })
    const { pool, send } = poolOver([server])
    const sending = send('a\r\n')
    await until(() => server.connections === 1)
    pool.close(false)
    expect(resultOf(await sending)).toBe('aborted, retryable')
    await server.quiet()
  })

  it('fails messages that are added later, asynchronously', async () => {
    const server = await startServer()
    const { pool, send } = poolOver([server])
    pool.close(false)
    const sending = send('a\r\n')
    expect(sending.settled()).toBe(0)
    expect(resultOf(await sending)).toBe('aborted, retryable')
    expect([server.connections, pool.pending]).toEqual([0, 0])
  })

  it('finishes all messages if connections are not kept, and accepts more', async () => {
    const server = await startServer()
    const { pool, send } = poolOver([server], { keepsConnections: false, maxConnections: 2 })
    const sent = numbered(10).map((text) => send(text))
    pool.close(false)
    sent.push(send('later\r\n'))
    expect((await Promise.all(sent)).map(resultOf)).toEqual(sent.map(() => 'accepted'))
    await server.quiet()
  })

  it('can be repeated, also while messages are settled', async () => {
    const server = await startServer({ RCPT: '550 no' })
    const { pool, send } = poolOver([server], { maxConnections: 1 })
    const first = send('first\r\n')
    void first.then(() => pool.close(false))
    const second = send('second\r\n')
    expect(resultOf(await first)).toBe('recipient-rejected')
    await second
    pool.close(false)
    pool.close(true)
    await server.quiet()
    expect([first.settled(), second.settled(), pool.pending]).toEqual([1, 1, 0])
  })
})

describe('a forced close', () => {
  it('settles every message immediately and leaves no connection', async () => {
    const server = await startServer({ end: hang })
    const { pool, send } = poolOver([server], { maxConnections: 3 })
    const sent = numbered(50).map((text) => send(text))
    await until(() => server.messages.length === 3)
    pool.close(true)
    expect(sent.map(({ settled }) => settled())).toEqual(sent.map(() => 1))
    const outcomes = (await Promise.all(sent)).map(resultOf)
    // What the server has got to its end may be accepted.
    expect(outcomes.filter((outcome) => outcome === 'aborted, unknown')).toHaveLength(3)
    expect(outcomes.filter((outcome) => outcome === 'aborted, retryable')).toHaveLength(47)
    await server.quiet()
    expect(pool.pending).toBe(0)
  })

  it('sends no later messages', async () => {
    const server = await startServer()
    const { pool, send } = poolOver([server], { keepsConnections: false })
    pool.close(true)
    expect(resultOf(await send('a\r\n'))).toBe('aborted, retryable')
    expect(server.connections).toBe(0)
  })

  it('after a close that waits for a message aborts it', async () => {
    const server = await startServer({ DATA: hang })
    const { pool, send } = poolOver([server])
    const sending = send('a\r\n')
    await until(() => server.count('DATA') === 1)
    pool.close(false)
    await turns(20)
    expect(sending.settled()).toBe(0)
    pool.close(true)
    expect(resultOf(await sending)).toBe('aborted, retryable')
    await server.quiet()
  })
})

describe('an idle pool', () => {
  it('holds no timer', async () => {
    const server = await startServer()
    const { pool, send } = poolOver([server], { idleTimeout: Infinity, deadline: 60_000 })
    stopTime()
    await Promise.all(numbered(20).map((text) => send(text)))
    await pool.settled()
    // The connections' own, which holds no process open and does nothing while no reply is due.
    await vi.advanceTimersByTimeAsync(600_000)
    expect(vi.getTimerCount()).toBe(0)
  })
})
