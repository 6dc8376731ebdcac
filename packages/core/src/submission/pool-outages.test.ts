import { describe, expect, it, vi } from 'vitest'
import { type Answer, reset, turns, until } from '../../test/mail-server.ts'
import type { NoUsableEndpointError } from '../selection/no-usable-endpoint-error.ts'
import { textOf } from '../../test/submission-client.ts'
import { numbered, poolOver, resultOf, startServer, stopTime } from '../../test/submission-pool.ts'
import { PushedBodyReader } from './body.ts'

/** Lets so many seconds pass, and everything happen that is due. */
async function seconds(count: number): Promise<void> {
  for (let tick = 0; tick < count * 10; tick++) {
    await vi.advanceTimersByTimeAsync(100)
    await turns(10)
  }
}

/** Ends the connection in the middle of a message. */
const resetInMessage: Answer = async (peer) => (await until(() => peer.socket.bytesRead > 60_000), await peer.answer(reset, ''))

describe('while no endpoint opens', () => {
  it('one attempt at a time is made, with back-off', async () => {
    const server = await startServer({ greeting: reset })
    const { send } = poolOver([server], { endpointTimeout: Infinity })
    stopTime()
    for (const text of numbered(100)) void send(text)
    const attempts: number[] = []
    for (let second = 0; second < 60; second++) {
      await seconds(1)
      attempts.push(server.connections)
    }
    // At 0, 0.25, 0.75, 1.75, 3.75, 7.75, 15.75, 25.75, … seconds.
    expect([attempts[0], attempts[1], attempts[3], attempts[9], attempts[29], attempts[59]]).toEqual([3, 4, 5, 6, 8, 11])
  })

  it('messages wait until an endpoint opens', async () => {
    const server = await startServer({ greeting: reset })
    const { send } = poolOver([server], { endpointTimeout: 30_000 })
    stopTime()
    const sent = numbered(50).map((text) => send(text))
    await seconds(12)
    server.script = {}
    await seconds(12)
    expect((await Promise.all(sent)).map(resultOf)).toEqual(sent.map(() => 'accepted'))
    expect(server.messages.toSorted()).toEqual(numbered(50).toSorted())
  })

  it('a message fails after `endpointTimeout`, with the attempts and a diagnosis', async () => {
    const server = await startServer({ greeting: reset })
    const { send } = poolOver([server], { endpointTimeout: 30_000 })
    stopTime()
    const early = send('early\r\n')
    await seconds(20)
    const late = send('late\r\n')
    await seconds(9)
    expect(early.settled()).toBe(0)
    await seconds(1.2)
    expect([early.settled(), late.settled()]).toEqual([1, 0])
    const outcome = await early
    expect(resultOf(outcome)).toBe('no-usable-endpoint, retryable')
    expect(outcome).toMatchObject({ delivery: 'not-accepted', diagnosis: { code: 'connection-lost' }, endpoint: undefined })
    await seconds(20)
    expect(late.settled()).toBe(1)
  })

  it('a message fails with the first attempt if `endpointTimeout` is 0', async () => {
    const server = await startServer({ greeting: reset })
    const { send, pool } = poolOver([server], { endpointTimeout: 0 })
    const outcomes = await Promise.all(numbered(20).map((text) => send(text)))
    expect(new Set(outcomes.map(resultOf))).toEqual(new Set(['no-usable-endpoint, retryable']))
    expect([server.connections, pool.pending]).toEqual([1, 0])
    expect(resultOf(await send('another\r\n'))).toBe('no-usable-endpoint, retryable')
    expect(server.connections).toBe(2)
  })

  it('a message waits indefinitely if `endpointTimeout` is Infinity', async () => {
    const server = await startServer({ greeting: reset })
    const { send } = poolOver([server], { endpointTimeout: Infinity })
    stopTime()
    const sending = send('a\r\n')
    await seconds(10)
    await vi.advanceTimersByTimeAsync(3_600_000)
    await turns(50)
    expect(sending.settled()).toBe(0)
    server.script = {}
    await seconds(13)
    expect(resultOf(await sending)).toBe('accepted')
  })

  it('endpointTimeout is counted from the end of the last connection', async () => {
    const server = await startServer({ end: async (peer) => (await new Promise((resolve) => setTimeout(resolve, 10_000)), peer.say('250 ok')) })
    const { send } = poolOver([server], { maxConnections: 1, endpointTimeout: 30_000 })
    stopTime()
    const sent = numbered(20).map((text) => send(text))
    await seconds(95)
    expect(server.connections).toBe(1)
    server.script = { greeting: reset }
    server.peers[0]!.socket.resetAndDestroy()
    await seconds(25)
    server.script = {}
    await seconds(12)
    const results = (await Promise.all(sent)).map(resultOf)
    expect(results.filter((result) => result !== 'accepted')).toEqual(['connection-lost, unknown'])
  })

  it('messages do not wait for a permanent failure of a host that has never worked', async () => {
    // A login is wanted, and none is offered.
    const server = await startServer({})
    const { send } = poolOver([server], { auth: { user: 'ada', pass: 'x' }, endpointTimeout: Infinity })
    expect(resultOf(await send('a\r\n'))).toBe('no-usable-endpoint')
  })

  it('no message is lost when a server restarts', async () => {
    const server = await startServer()
    const { send } = poolOver([server], { maxConnections: 5 })
    stopTime()
    const sent = numbered(500).map((text) => send(text))
    await until(() => server.messages.length >= 100)
    const usual = server.script
    server.script = { greeting: reset, MAIL: reset, RCPT: reset, DATA: reset }
    await seconds(5)
    const before = server.messages.length
    server.script = usual
    await seconds(20)
    expect((await Promise.all(sent)).map(resultOf)).toEqual(sent.map(() => 'accepted'))
    expect(before).toBeLessThan(500)
    expect(server.messages.toSorted()).toEqual(numbered(500).toSorted())
  })
})

describe('a message whose connection is dropped', () => {
  it.each([
    ['at MAIL', { MAIL: reset }],
    ['at RCPT', { RCPT: reset }],
    ['at DATA', { DATA: reset }],
    ['after 354', { body: reset }],
    ['with garbage', { MAIL: 'what?' }],
    ['with a reply that does not fit', { DATA: '250 ok' }],
  ] as const)('%s is sent over the next one, and has that attempt', async (_, script) => {
    const servers = [await startServer(script), await startServer()] as const
    const { send, attempts } = poolOver(servers)
    const outcome = await send(textOf(20_000))
    expect(resultOf(outcome)).toBe('accepted')
    expect(servers.map(({ messages }) => messages.length)).toEqual([0, 1])
    expect([outcome.attempts.length, attempts.length]).toEqual([1, 1])
    expect(outcome.attempts[0]).toMatchObject({ outcome: 'failed', endpoint: { port: servers[0].port } })
  })

  it('after its end is not sent elsewhere', async () => {
    const servers = [await startServer({ end: reset }), await startServer()] as const
    const { send } = poolOver(servers)
    const outcome = await send('a\r\n')
    expect(resultOf(outcome)).toBe('connection-lost, unknown')
    expect(servers.map(({ messages }) => messages.length)).toEqual([1, 0])
    expect(outcome).toMatchObject({ retryable: false, endpoint: { port: servers[0].port } })
  })

  it('fails if it cannot be read again', async () => {
    const servers = [await startServer({ body: resetInMessage }), await startServer()] as const
    const { send } = poolOver(servers)
    const reading = new PushedBodyReader()
    reading.push(Buffer.from(textOf(70_000)))
    expect(resultOf(await send({ isReplayable: false, open: () => reading }))).toBe('connection-lost, retryable')
    expect(servers[1].connections).toBe(0)
  })

  it('by all endpoints pauses, and is sent when one accepts it', async () => {
    const onExhausted = vi.fn<(error: NoUsableEndpointError) => void>()
    const servers = [await startServer({ MAIL: reset }), await startServer({ MAIL: reset })] as const
    const { send } = poolOver(servers, { endpointTimeout: 30_000, onExhausted })
    stopTime()
    const sending = send('a\r\n')
    await seconds(5)
    expect(onExhausted.mock.calls.length).toBeGreaterThan(1)
    expect(onExhausted.mock.calls[0]![0].attempts.map(({ endpoint }) => endpoint.port)).toEqual(servers.map(({ port }) => port))
    servers[0].script = {}
    servers[1].script = {}
    await seconds(15)
    expect(resultOf(await sending)).toBe('accepted')
    expect(servers[0].messages.length + servers[1].messages.length).toBe(1)
  })

  it('by all endpoints fails after `endpointTimeout`', async () => {
    const servers = [await startServer({ MAIL: reset }), await startServer({ MAIL: reset })] as const
    const { send } = poolOver(servers, { endpointTimeout: 30_000 })
    stopTime()
    const sending = send('a\r\n')
    await seconds(29)
    expect(sending.settled()).toBe(0)
    await seconds(14)
    expect(resultOf(await sending)).toBe('no-usable-endpoint, retryable')
  })

  it('fails immediately if `endpointTimeout` is 0', async () => {
    const servers = [await startServer({ MAIL: reset }), await startServer({ MAIL: reset })] as const
    const { send } = poolOver(servers, { endpointTimeout: 0 })
    const outcome = await send('a\r\n')
    expect(resultOf(outcome)).toBe('no-usable-endpoint, retryable')
    expect(outcome.attempts.map(({ endpoint }) => endpoint.port)).toEqual(servers.map(({ port }) => port))
    expect(servers.map((server) => server.count('MAIL'))).toEqual([1, 1])
  })

  it('does not move the others', async () => {
    // One message is poison for the first server: its connection is dropped each time.
    const servers = [await startServer({ RCPT: async (peer, line) => await peer.answer(line.includes('poison') ? reset : '250 ok', line) }), await startServer()] as const
    const { send } = poolOver(servers, { maxConnections: 2 })
    const sent = numbered(40).map((text, index) => send(text, index === 7 ? { envelope: { from: '', to: ['poison@example.net'] } } : {}))
    expect((await Promise.all(sent)).map(resultOf)).toEqual(sent.map(() => 'accepted'))
    expect(servers[0].messages.length + servers[1].messages.length).toBe(40)
  })
})

describe('a message that the server refuses', () => {
  it.each([
    ['MAIL', '450 4.3.0 later', 'sender-rejected, retryable'],
    ['MAIL', '550 5.7.1 no', 'sender-rejected'],
    ['RCPT', '450 4.2.0 later', 'recipient-rejected, retryable'],
    ['RCPT', '550 5.1.1 no', 'recipient-rejected'],
    ['DATA', '451 4.3.0 later', 'message-rejected, retryable'],
    ['DATA', '554 5.3.0 no', 'message-rejected'],
    ['end', '451 4.3.0 later', 'message-rejected, retryable'],
    ['end', '554 5.7.1 no', 'message-rejected'],
  ] as const)('at %s with %s is not sent elsewhere', async (point, reply, expected) => {
    const servers = [await startServer({ [point]: reply }), await startServer()] as const
    const { send } = poolOver(servers)
    const outcome = await send('a\r\n')
    expect(resultOf(outcome)).toBe(expected)
    expect(outcome).toMatchObject({ delivery: 'not-accepted', reply: { code: Number(reply.slice(0, 3)) }, endpoint: { port: servers[0].port } })
    expect(servers[1].connections).toBe(0)
  })
})
