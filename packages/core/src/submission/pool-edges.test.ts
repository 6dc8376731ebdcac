import { describe, expect, it, vi } from 'vitest'
import { close, inTurn, reset, turns, until } from '../../test/mail-server.ts'
import { numbered, poolOver, resultOf, startServer, stopTime } from '../../test/submission-pool.ts'
import { Cancellation } from '../smtp/cancellation.ts'

const auth = { user: 'ada', pass: 'correct horse' }
const offersLogin = ['AUTH PLAIN']

describe('a message whose signal was aborted before it was added', () => {
  it('is settled once, later, and never sent', async () => {
    const server = await startServer()
    const { pool, send } = poolOver([server])
    const signal = new Cancellation()
    signal.abort(undefined)
    let wasSettledAtOnce = true
    const sending = send('aborted\r\n', { signal })
    wasSettledAtOnce = sending.settled() > 0
    expect(resultOf(await sending)).toBe('aborted, retryable')
    expect(resultOf(await send('another\r\n'))).toBe('accepted')
    await pool.settled()
    expect({ wasSettledAtOnce, settled: sending.settled(), messages: server.messages }).toEqual({ wasSettledAtOnce: false, settled: 1, messages: ['another\r\n'] })
  })
})

describe('a connection that ends at RSET', () => {
  it.each([
    ['by a refusal', '500 no'],
    ['by 421', '421 bye'],
    ['by FIN', close],
    ['by RST', reset],
  ] as const)('%s is replaced by another one', async (_, answer) => {
    const server = await startServer({ RCPT: inTurn('550 no', '250 ok'), RSET: answer })
    const { send } = poolOver([server], { maxConnections: 1 })
    const [first, second] = [send('first\r\n'), send('second\r\n')]
    expect(resultOf(await first)).toBe('recipient-rejected')
    const outcome = await Promise.race([second, turns(300)])
    expect(outcome && resultOf(outcome)).toBe('accepted')
  })
})

describe('a forced close', () => {
  it('closes a connection that waits for the reply to RSET', async () => {
    // It reads on, so that it sees the end.
    const server = await startServer({ RCPT: '550 no', RSET: async (peer) => await peer.until(() => false) })
    const { pool, send } = poolOver([server])
    await send('refused\r\n')
    await until(() => server.count('RSET') === 1)
    pool.close(true)
    await server.quiet()
    expect(server.count('QUIT')).toBe(0)
  })
})

describe('a close that finishes what is under way', () => {
  it.each([
    ['the connection was closed by the server', close],
    ['the connection was reset', reset],
    ['the server said 421', '421 4.3.2 restarting'],
  ] as const)('settles a message if %s before it was sent', async (_, answer) => {
    const server = await startServer({ MAIL: inTurn('250 ok', async (peer) => (pool.close(false), await peer.answer(answer, '')), '250 ok') })
    const { pool, send } = poolOver([server], { maxConnections: 1 })
    expect(resultOf(await send('first\r\n'))).toBe('accepted')
    const outcome = await Promise.race([send('second\r\n'), turns(500)])
    expect(outcome && resultOf(outcome)).toBe('aborted, retryable')
  })

  it('settles a message that pauses before another attempt', async () => {
    const server = await startServer({ MAIL: reset })
    const { pool, send } = poolOver([server], { endpointTimeout: Infinity })
    stopTime()
    const sending = send('dropped\r\n')
    await until(() => server.connections === 1 && server.open === 0)
    await turns(20)
    pool.close(false)
    for (let second = 0; second < 10; second++) {
      await vi.advanceTimersByTimeAsync(1_000)
      await turns(50)
    }
    expect(sending.settled()).toBe(1)
  })
})

describe('a message that pauses before another attempt', () => {
  it('is not sent after it has failed with a refused login', async () => {
    const server = await startServer({ AUTH: inTurn('235 ok', '535 5.7.8 no', '235 ok'), MAIL: inTurn(reset, '250 ok') }, { offer: offersLogin })
    const { send } = poolOver([server], { auth, endpointTimeout: 30_000 })
    stopTime()
    const pausing = send('pausing\r\n')
    await until(() => server.connections === 1 && server.open === 0)
    await turns(20)
    const other = send('other\r\n')
    expect([resultOf(await pausing), resultOf(await other)]).toEqual(['auth-rejected', 'auth-rejected'])
    await vi.advanceTimersByTimeAsync(60_000)
    await turns(200)
    expect({ settled: pausing.settled(), logins: server.count('AUTH'), messages: server.messages }).toEqual({ settled: 1, logins: 2, messages: [] })
  })
})

describe('an endpoint that is down', () => {
  it('is tried with back-off while another one is slow to greet', async () => {
    const first = await startServer({})
    let mayGreet = false
    const second = await startServer({ greeting: async (peer) => (await until(() => mayGreet), peer.say('220 ready')) })
    const { send } = poolOver([first, second], { maxConnections: 3 })
    await Promise.all(numbered(20).map((text) => send(text)))
    const before = first.connections
    first.script = { greeting: reset, MAIL: reset }
    const sent = Promise.all(numbered(20).map((text) => send(text)))
    await until(() => second.connections > 0)
    await turns(1_000)
    const attempts = first.connections - before
    mayGreet = true
    await sent
    // The connections that turned out to be closed, and one more for each place in the pool.
    expect(attempts).toBeLessThanOrEqual(10)
  })
})

describe('a wait for an endpoint', () => {
  it('may be longer than a timer of Node', async () => {
    const warnings: Error[] = []
    const onWarning = (warning: Error) => warnings.push(warning)
    process.on('warning', onWarning)
    const server = await startServer({ greeting: reset })
    const { send, pool } = poolOver([server], { endpointTimeout: 2 ** 32 })
    void send('waits\r\n')
    await until(() => server.connections === 1 && server.open === 0)
    await turns(50)
    pool.close(true)
    process.off('warning', onWarning)
    expect(warnings.map(({ name }) => name)).toEqual([])
  })
})
