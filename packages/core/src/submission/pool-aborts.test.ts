import { describe, expect, it, vi } from 'vitest'
import { hang, inTurn, type MailServer, reset, type Script, turns, until } from '../../test/mail-server.ts'
import { dialogues, largeMessage } from '../../test/submission-client.ts'
import { poolOver, type PoolSetUp, resultOf, startServer, stopTime } from '../../test/submission-pool.ts'
import { Cancellation } from '../smtp/cancellation.ts'
import { type MessageBody, messageBody, PushedBodyReader } from './body.ts'
import type { Submission } from './submission.ts'

/** A point at which a message can be when it is aborted. */
interface Situation {
  readonly script?: Script
  readonly offer?: readonly string[]
  readonly options?: PoolSetUp
  readonly body?: MessageBody
  readonly given?: Partial<Submission>
  /** A message in front of it. */
  readonly inFront?: boolean
  /** Whether the message is at this point. */
  readonly isThere: (server: MailServer) => boolean
  /** What the outcome says beside the reason of the abort. */
  readonly delivery?: string
  /** Whether the connection is gone after the abort. */
  readonly isLost?: boolean
}

const auth = { user: 'ada', pass: 'correct horse' }
const never: MessageBody = { isReplayable: false, open: () => new PushedBodyReader() }
const retryable = ', retryable'
const unknown = ', unknown'

const situations: Readonly<Record<string, Situation>> = {
  'in the queue': { script: { MAIL: hang }, options: { maxConnections: 1 }, inFront: true, isThere: (server) => server.count('MAIL') === 1 },
  'while its source is slow': { body: never, isThere: () => true },
  'ready, while its connection is opened': { script: { greeting: hang }, isThere: (server) => server.connections === 1 },
  'ready, while the login is made': { script: { AUTH: hang }, offer: ['AUTH PLAIN'], options: { auth }, isThere: (server) => server.count('AUTH') === 1 },
  'while a connection of its own is opened': { script: { greeting: hang }, given: { login: { user: 'bob', pass: 'x' } }, isThere: (server) => server.connections === 1 },
  'while a login of its own is made': { script: { AUTH: hang }, offer: ['AUTH PLAIN'], given: { login: { user: 'bob', pass: 'x' } }, isThere: (server) => server.count('AUTH') === 1 },
  'while no endpoint opens': { script: { greeting: reset }, options: { endpointTimeout: Infinity }, isThere: (server) => server.connections === 1 && server.open === 0 },
  'pausing after every endpoint has dropped it': { script: { MAIL: reset }, options: { endpointTimeout: Infinity }, isThere: (server) => server.connections === 1 && server.open === 0 },
  'at MAIL': { script: { MAIL: hang }, isThere: (server) => server.count('MAIL') === 1, isLost: true },
  'at RCPT': { script: { RCPT: hang }, isThere: (server) => server.count('RCPT') === 1, isLost: true },
  'at DATA': { script: { DATA: hang }, isThere: (server) => server.count('DATA') === 1, isLost: true },
  'in the message': {
    script: { body: (peer) => (peer.stopReading(), new Promise<void>(() => {})) },
    body: messageBody(largeMessage()),
    isThere: (server) => server.count('DATA') === 1,
    isLost: true,
  },
  'at the end of the message': { script: { end: hang }, isThere: (server) => server.messages.length === 1, delivery: unknown, isLost: true },
  'as a chunk': { script: { MAIL: hang }, offer: dialogues.chunked, isThere: (server) => server.count('MAIL') === 1, delivery: unknown, isLost: true },
}

async function reach({ script = {}, offer = [], options, body, given, inFront, isThere }: Situation, more: PoolSetUp, signal?: Cancellation) {
  const server = await startServer(script, { offer })
  const { pool, send } = poolOver([server], { ...options, ...more })
  if (inFront) void send('in front\r\n')
  const sending = send(body ?? 'aborted\r\n', { signal, ...given })
  await until(() => isThere(server))
  await turns(20)
  return { server, pool, sending }
}

describe.each(Object.entries(situations))('a message %s', (_, situation) => {
  const { delivery = retryable, isLost = false, inFront = false } = situation

  it('is aborted by its signal', async () => {
    const signal = new Cancellation()
    const { server, pool, sending } = await reach(situation, {}, signal)
    expect(sending.settled()).toBe(0)
    signal.abort(new Error('the caller left'))
    expect(resultOf(await sending)).toBe(`aborted${delivery}`)
    expect([sending.settled(), pool.pending]).toEqual([1, inFront ? 1 : 0])
    if (isLost) await server.quiet()
    await turns(50)
    expect(sending.settled()).toBe(1)
    expect(server.messages).toHaveLength(situation === situations['at the end of the message'] ? 1 : 0)
  })

  it('is aborted by its deadline', async () => {
    stopTime()
    const { server, sending } = await reach(situation, { deadline: 7_000 })
    expect(sending.settled()).toBe(0)
    await vi.advanceTimersByTimeAsync(7_000)
    const outcome = await sending
    expect(resultOf(outcome)).toBe(`deadline${delivery}`)
    expect(!outcome.isAccepted && outcome.failure.message).toContain('7 s')
    await turns(50)
    expect([sending.settled(), server.messages.length]).toEqual([1, situation === situations['at the end of the message'] ? 1 : 0])
  })

  it('is aborted by a forced close', async () => {
    const { server, pool, sending } = await reach(situation, {})
    pool.close(true)
    expect(resultOf(await sending)).toBe(`aborted${delivery}`)
    await server.quiet()
    expect([sending.settled(), pool.pending]).toEqual([1, 0])
  })
})

describe('an abort', () => {
  it('of one message leaves the others', async () => {
    const server = await startServer({ MAIL: inTurn(hang, '250 ok') })
    const { send } = poolOver([server], { maxConnections: 1 })
    const signal = new Cancellation()
    const first = send('first\r\n', { signal })
    const others = ['second\r\n', 'third\r\n'].map((text) => send(text))
    await until(() => server.count('MAIL') === 1)
    signal.abort(undefined)
    expect((await Promise.all([first, ...others])).map(resultOf)).toEqual(['aborted, retryable', 'accepted', 'accepted'])
    expect(server.messages).toEqual(['second\r\n', 'third\r\n'])
  })

  it('after the outcome has no effect', async () => {
    const server = await startServer()
    const { send } = poolOver([server])
    const signal = new Cancellation()
    const sending = send('a\r\n', { signal })
    expect(resultOf(await sending)).toBe('accepted')
    signal.abort(undefined)
    expect(resultOf(await send('b\r\n'))).toBe('accepted')
    expect([sending.settled(), server.connections]).toEqual([1, 1])
  })

  it('of a native signal works, and its listeners are removed', async () => {
    const server = await startServer({ MAIL: inTurn('250 ok', hang) })
    const { send } = poolOver([server])
    const controller = new AbortController()
    const remove = vi.spyOn(controller.signal, 'removeEventListener')
    expect(resultOf(await send('a\r\n', { signal: controller.signal }))).toBe('accepted')
    expect(remove).toHaveBeenCalledTimes(1)
    const sending = send('b\r\n', { signal: controller.signal })
    await until(() => server.count('MAIL') === 2)
    controller.abort()
    expect(resultOf(await sending)).toBe('aborted, retryable')
  })

  it('releases the source', async () => {
    const server = await startServer({ body: hang })
    const { send } = poolOver([server])
    const signal = new Cancellation()
    const reading = new PushedBodyReader()
    const destroy = vi.spyOn(reading, 'destroy')
    reading.push(Buffer.alloc(70_000, 'a'))
    const sending = send({ isReplayable: false, open: () => reading }, { signal })
    await until(() => server.count('DATA') === 1)
    signal.abort(undefined)
    expect(resultOf(await sending)).toBe('aborted, retryable')
    expect(destroy).toHaveBeenCalled()
  })
})
