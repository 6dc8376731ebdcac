import { describe, expect, it, vi } from 'vitest'
import { type Answer, inTurn, turns, until } from '../../test/mail-server.ts'
import { numbered, poolOver, resultOf, type Sending, startServer, stopTime } from '../../test/submission-pool.ts'

const auth = { user: 'ada', pass: 'correct horse' }

/** Turns connections away while so many are open. */
const allowing = (count: number, reply: string, go: string): Answer => (peer) => {
  if (peer.server.open > count) peer.socket.end(`${reply}\r\n`)
  else peer.say(go)
}

/** Lets time pass until all messages are settled. @returns the seconds that took */
async function secondsUntil(isDone: () => boolean, most: number): Promise<number> {
  for (let second = 0; second <= most; second++) {
    for (let turn = 0; turn < 200 && !isDone(); turn++) await turns(1)
    if (isDone()) return second
    await vi.advanceTimersByTimeAsync(1_000)
  }
  return Infinity
}

/** Whether all of them have their outcome. */
const all = (sent: readonly Sending[]) => () => sent.every(({ settled }) => settled() === 1)

describe('a server that allows fewer connections', () => {
  it.each<[string, Parameters<typeof startServer>[0]]>([
    ['the greeting', { greeting: allowing(2, '421 4.7.0 too many connections', '220 ready') }],
    ['the login', { AUTH: allowing(2, '421 4.7.0 too many connections', '235 ok') }],
  ])('gets all messages if it replies 421 at %s', async (_, script) => {
    const server = await startServer(script, { offer: ['AUTH PLAIN'] })
    const { pool, send } = poolOver([server], { auth, maxConnections: 6 })
    const texts = numbered(200)
    const outcomes = await Promise.all(texts.map((text) => send(text)))
    expect(outcomes.map(resultOf)).toEqual(texts.map(() => 'accepted'))
    expect(pool.state.maxConnections).toBeLessThan(6)
    expect(server.messages.toSorted()).toEqual(texts.toSorted())
    // Those that were turned away at first, and not one for each message.
    expect(server.connections).toBeLessThanOrEqual(12)
  })

  it('gets more connections after a while', async () => {
    let allowed = 2
    let mayEnd = false
    const server = await startServer({
      greeting: async (peer) => await peer.answer(allowing(allowed, '421 4.7.0 too many connections', '220 ready'), ''),
      end: async (peer) => (await until(() => mayEnd), peer.say('250 ok')),
    })
    const { send } = poolOver([server], { maxConnections: 3 })
    stopTime()
    const sent = numbered(20).map((text) => send(text))
    await until(() => server.messages.length === 2 && server.connections === 3)
    allowed = 10
    // One more every ten seconds. The limit may be one below what is open, where one was still being opened.
    expect(await secondsUntil(() => server.open === 3, 60)).toBeOneOf([10, 20])
    mayEnd = true
    expect((await Promise.all(sent)).map(resultOf)).toEqual(sent.map(() => 'accepted'))
  })
})

describe('a server that replies "too fast"', () => {
  const slowDown = '450 4.7.1 slow down'

  it.each<[string, string]>([
    ['MAIL', slowDown],
    ['MAIL', '421 4.7.0 Try again later, closing connection.'],
    ['RCPT', slowDown],
    ['DATA', '451 4.3.0 rate limit exceeded'],
    ['end', '454 Throttling failure: Maximum sending rate exceeded'],
  ])('at %s with %s gets the message after a pause', async (point, reply) => {
    const server = await startServer({ [point]: inTurn(reply, point === 'DATA' ? '354 go' : '250 ok') })
    const { send } = poolOver([server], { maxConnections: 1 })
    stopTime()
    const sent = numbered(3).map((text) => send(text))
    expect(await secondsUntil(all(sent), 60)).toBe(1)
    expect((await Promise.all(sent)).map(resultOf)).toEqual(['accepted', 'accepted', 'accepted'])
  })

  it('gets no other message during the pause', async () => {
    const server = await startServer({ MAIL: inTurn('250 ok', slowDown, '250 ok') })
    const { send } = poolOver([server], { maxConnections: 1 })
    stopTime()
    await send('first\r\n')
    const sent = numbered(3).map((text) => send(text))
    await until(() => server.count('RSET') === 1)
    await turns(50)
    expect(server.count('MAIL')).toBe(2)
    await vi.advanceTimersByTimeAsync(999)
    await turns(50)
    expect(server.count('MAIL')).toBe(2)
    expect(await secondsUntil(all(sent), 60)).toBeLessThanOrEqual(1)
  })

  it('repeatedly fails the message after five minutes, with its reply', async () => {
    const server = await startServer({ MAIL: slowDown })
    const { send } = poolOver([server], { maxConnections: 1 })
    stopTime()
    const sending = send('a\r\n')
    const seconds = await secondsUntil(() => sending.settled() === 1, 600)
    expect(seconds).toBeGreaterThanOrEqual(300)
    expect(seconds).toBeLessThanOrEqual(331)
    const outcome = await sending
    expect(resultOf(outcome)).toBe('rate-limited, retryable')
    expect(outcome).toMatchObject({ reply: { code: 450, enhancedCode: '4.7.1' } })
    // 1, 2, 4, 8, 16 and then 30 seconds apart.
    expect(server.count('MAIL')).toBeLessThanOrEqual(16)
  })

  it('fails the message immediately if connections are not kept', async () => {
    const server = await startServer({ MAIL: slowDown })
    const { send } = poolOver([server], { keepsConnections: false })
    expect(resultOf(await send('a\r\n'))).toBe('rate-limited, retryable')
  })

  it.each([
    ['MAIL', '451 4.7.1 Too fast, try again in 90 seconds', 90],
    ['MAIL', '550 5.7.0 too many emails, try again in 1 minute', 60],
    ['end', '451 4.7.1 Too fast, retry after 15', 15],
  ] as const)('at %s with %s gets the message when it asked for it', async (point, reply, seconds) => {
    const server = await startServer({ [point]: inTurn(reply, '250 ok') })
    const { send } = poolOver([server], { maxConnections: 1 })
    stopTime()
    const sent = numbered(3).map((text) => send(text))
    expect(await secondsUntil(all(sent), 120)).toBe(seconds)
    expect((await Promise.all(sent)).map(resultOf)).toEqual(['accepted', 'accepted', 'accepted'])
  })

  it('for longer than a message waits is believed at once, and the others are tried after the usual pause', async () => {
    const server = await startServer({ MAIL: '451 4.7.1 Daily limit, too many messages, try again in 2 hours' })
    const { send } = poolOver([server], { maxConnections: 1 })
    stopTime()
    const sent = numbered(3).map((text) => send(text))
    expect(await secondsUntil(all(sent), 120)).toBeLessThanOrEqual(20)
    for (const outcome of await Promise.all(sent)) {
      expect(outcome).toMatchObject({ isAccepted: false, retryable: true, delivery: 'not-accepted', failure: { code: 'rate-limited', retryAfter: 7_200_000 } })
    }
    expect(server.count('MAIL')).toBe(3)
  })

  it('at the greeting is tried again when it asked for it, on the same port', async () => {
    const limited = await startServer({ greeting: inTurn('421 Too many connections, try again in 20 seconds', '220 ready') })
    const other = await startServer()
    const { send } = poolOver([limited, other])
    stopTime()
    const sent = numbered(3).map((text) => send(text))
    expect(await secondsUntil(all(sent), 60)).toBe(20)
    expect((await Promise.all(sent)).map(resultOf)).toEqual(['accepted', 'accepted', 'accepted'])
    expect([limited.messages.length, other.connections]).toEqual([3, 0])
  })

  it('at the greeting fails a message that does not wait, with the time to wait', async () => {
    const server = await startServer({ greeting: '421 Too many connections, try again in 20 seconds' })
    const { send } = poolOver([server], { keepsConnections: false, endpointTimeout: 0 })
    const outcome = await send('a\r\n')
    expect(outcome).toMatchObject({ retryable: true, diagnosis: { code: 'rate-limited' }, failure: { code: 'rate-limited', retryAfter: 20_000 } })
  })

  it('at the login gets the message after a pause', async () => {
    const server = await startServer({ AUTH: inTurn('454 4.7.0 Too many login attempts', '235 ok') }, { offer: ['AUTH PLAIN'] })
    const { send } = poolOver([server], { auth })
    stopTime()
    const sent = numbered(3).map((text) => send(text))
    expect(await secondsUntil(all(sent), 60)).toBe(1)
    expect((await Promise.all(sent)).map(resultOf)).toEqual(['accepted', 'accepted', 'accepted'])
  })

  it('because of the number of connections gets all messages', async () => {
    let busy = 0
    const server = await startServer({
      MAIL: async (peer) => {
        busy += 1
        await turns(10)
        peer.say(busy > 3 ? '432 4.3.2 Concurrent connections limit exceeded' : '250 ok')
        busy -= 1
      },
    })
    const { send } = poolOver([server], { maxConnections: 6 })
    stopTime()
    const sent = numbered(60).map((text) => send(text))
    expect(await secondsUntil(all(sent), 120)).toBeLessThan(Infinity)
    expect(server.messages.toSorted()).toEqual(numbered(60).toSorted())
  })
})
