import { Readable } from 'node:stream'
import { describe, expect, it, vi } from 'vitest'
import { hang, inTurn, reset, type Script, turns, until } from '../../test/mail-server.ts'
import { connectTo, dialogues, largeMessage, serve, textOf } from '../../test/submission-client.ts'
import { poolOver, resultOf, startServer, stopTime } from '../../test/submission-pool.ts'
import { messageBody, PushedBodyReader } from './body.ts'

/** Refuses the first message in its middle. */
const refusesEarly = (): Script => ({
  body: inTurn(async (peer) => {
    await peer.until((unread) => unread.length > 100_000)
    peer.stopReading()
    peer.say('552 5.3.4 too large')
  }, () => {}),
})

describe('a message that ends before its end', () => {
  it('gives its outcome when its connection cannot be used any more', async () => {
    const server = await serve(refusesEarly())
    const { connection } = await connectTo(server)
    const isUsable = await new Promise((resolve) => {
      connection.submit({ from: '', to: ['bob@example.net'] }, messageBody(largeMessage()).open(), true, () => resolve(connection.isUsable))
    })
    expect(isUsable).toBe(false)
  })

  it('and is refused in the middle does not take the next one with it', async () => {
    const server = await startServer(refusesEarly(), { offer: dialogues.chunked })
    const { send } = poolOver([server], { maxConnections: 1 })
    const [first, second] = [send(messageBody(largeMessage())), send('second\r\n')]
    expect([resultOf(await first), resultOf(await second)]).toEqual(['message-too-large', 'accepted'])
    expect(server.messages).toEqual(['second\r\n'])
  })

  it('since its source fails does not take the next one with it', async () => {
    const server = await startServer({}, { offer: dialogues.chunked })
    const { send } = poolOver([server], { maxConnections: 1 })
    const reading = new PushedBodyReader()
    reading.push(Buffer.from(textOf(70_000)))
    const [first, second] = [send({ isReplayable: false, open: () => reading }), send('a line\r\n.\r\nanother line\r\n')]
    const peer = await server.peer()
    await until(() => peer.socket.bytesRead > 70_000)
    reading.fail(new Error('the disk is gone'))
    const outcomes = [resultOf(await first), resultOf(await second)]
    await peer.gone
    // What must not arrive: the first one up to where it ended, and the second one as its end.
    const received = server.messages.map((text) => text.length)
    expect({ outcomes, received }).toEqual({ outcomes: ['message-unreadable, retryable', 'accepted'], received: [25] })
  })
})

describe('too fast', () => {
  it('after a message that cannot be read again is its refusal', async () => {
    const server = await startServer({ end: '454 Throttling failure: Maximum sending rate exceeded' })
    const { send } = poolOver([server])
    const opened: number[] = []
    const stream = Readable.from([Buffer.from(textOf(100_000))])
    stopTime()
    const sending = send(messageBody(() => (opened.push(1), stream)))
    await until(() => server.messages.length === 1)
    await turns(50)
    await vi.advanceTimersByTimeAsync(5_000)
    await turns(100)
    expect([opened.length, sending.settled()]).toEqual([1, 1])
    expect(resultOf(await sending)).toBe('rate-limited, retryable')
  })
})

describe('the time a message waits', () => {
  it('is not looked after a thousand times a second', async () => {
    const server = await startServer({ greeting: inTurn(reset, hang) })
    const { send } = poolOver([server], { endpointTimeout: 5_000 })
    stopTime()
    void send('first\r\n')
    await until(() => server.connections === 1 && server.open === 0)
    await turns(20)
    await vi.advanceTimersByTimeAsync(100)
    void send('second\r\n')
    await vi.advanceTimersByTimeAsync(200)
    await until(() => server.connections === 2)
    await vi.advanceTimersByTimeAsync(5_000)
    const timers = vi.spyOn(globalThis, 'setTimeout')
    await vi.advanceTimersByTimeAsync(1_000)
    expect(timers.mock.calls.length).toBeLessThan(10)
  })
})
