import { describe, expect, it, vi } from 'vitest'
import { type Answer, hang, inTurn, type MailPeer, type MailServer, type Point, reset, type Script, turns, until } from '../../test/mail-server.ts'
import { type Dialogue, dialogues } from '../../test/submission-client.ts'
import { numbered, poolOver, type PoolSetUp, resultOf, type Sending, startServer, stopTime } from '../../test/submission-pool.ts'
import type { Submission } from './submission.ts'

const auth = { user: 'ada', pass: 'correct horse' }

interface SetUp extends PoolSetUp {
  readonly at?: Point
  readonly dialogue?: Dialogue
  /** Servers behind the first one. */
  readonly others?: readonly MailServer[]
}

/** A pool whose connections have carried a message each, and lead nowhere from now on: the server answers nothing more on them. */
async function poolOfDeadEnds({ at = 'MAIL', dialogue = 'chunked', others = [], maxConnections = 5, ...options }: SetUp = {}) {
  const dead = new Set<MailPeer>()
  const late: (() => void)[] = []
  const answer: Answer = async (peer) => {
    // Each of the first messages has a connection of its own.
    await until(() => server.connections >= maxConnections)
    if (dead.has(peer)) await new Promise<void>((resolve) => late.push(resolve))
    peer.say(at === 'DATA' ? '354 go on' : '250 ok')
  }
  const server = await startServer({ [at]: answer }, { offer: [...dialogues[dialogue], 'AUTH PLAIN'] })
  const under = poolOver([server, ...others], { maxConnections, ...options })
  stopTime()
  await Promise.all(numbered(maxConnections).map((text) => under.send(`Before: ${text}`)))
  expect(server.connections).toBe(maxConnections)
  for (const peer of server.peers) dead.add(peer)
  /** Sends messages, and waits until each connection has one. */
  const sendAll = async (count: number, given: Partial<Submission> = {}): Promise<Sending[]> => {
    const commands = server.count('MAIL')
    const sent = numbered(count).map((text) => under.send(text, given))
    await until(() => server.count('MAIL') === commands + Math.min(count, maxConnections))
    await turns(50)
    return sent
  }
  const answerLate = () => {
    dead.clear()
    for (const answerOne of late.splice(0)) answerOne()
  }
  return { ...under, server, sendAll, answerLate }
}

/** Lets so many seconds pass, and everything happen that is due. */
async function seconds(count: number): Promise<void> {
  for (let second = 0; second < count; second++) {
    await vi.advanceTimersByTimeAsync(1_000)
    await turns(60)
  }
}

/** Lets the messages go that can, without time passing. @returns how many have an outcome */
async function settledSoon(sent: readonly Sending[], expected: number): Promise<number> {
  for (let turn = 0; turn < 2_000 && settledOf(sent) < expected; turn++) await turns(1)
  return settledOf(sent)
}

const settledOf = (sent: readonly Sending[]) => sent.filter(({ settled }) => settled() > 0).length

/** How many messages had each result. */
async function resultsOf(sent: readonly Sending[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const result of (await Promise.all(sent)).map(resultOf)) counts[result] = (counts[result] ?? 0) + 1
  return counts
}

/** Connections that the client has not closed. */
const openAt = ({ peers }: MailServer) => peers.filter(({ socket }) => !socket.destroyed && !socket.readableEnded).length

const isDoubled = ({ messages }: MailServer) => new Set(messages).size < messages.length

describe('connections whose replies are overdue', () => {
  it.each<[Dialogue, Point, number, number]>([
    ['chunked', 'MAIL', 15, 300],
    ['chunked', 'RCPT', 60, 300],
    ['chunked', 'BDAT', 60, 600],
    ['pipelined', 'end', 60, 600],
    ['step by step', 'end', 60, 600],
  ])('leave their capacity, %s at %s after %i s: of 200 messages five are unknown after %i s, the others arrive, and none twice', async (dialogue, at, overdue, wait) => {
    const { sendAll, server } = await poolOfDeadEnds({ dialogue, at })
    const sent = await sendAll(200)
    await seconds(overdue - 1)
    expect([server.connections, settledOf(sent)]).toEqual([5, 0])
    await seconds(2)
    expect([await settledSoon(sent, 195), server.connections]).toEqual([195, 10])
    await seconds(wait - overdue - 2)
    expect(settledOf(sent)).toBe(195)
    await seconds(2)
    expect(await resultsOf(sent)).toEqual({ accepted: 195, 'reply-timeout, unknown': 5 })
    expect(isDoubled(server)).toBe(false)
  })

  it.each<[Dialogue, Point]>([
    ['pipelined', 'RCPT'],
    ['pipelined', 'DATA'],
    ['step by step', 'RCPT'],
  ])('leave their capacity before the end of the message, %s at %s: all of 200 messages arrive, and none twice', async (dialogue, at) => {
    const { sendAll, server } = await poolOfDeadEnds({ dialogue, at })
    const sent = await sendAll(200)
    await seconds(61)
    expect([await settledSoon(sent, 195), server.connections]).toEqual([195, 10])
    await seconds(300)
    expect(await resultsOf(sent)).toEqual({ accepted: 200 })
    expect(isDoubled(server)).toBe(false)
  })

  it('leave their capacity at RSET', async () => {
    const { send, server } = await poolOfDeadEnds({ at: 'RSET', maxConnections: 1 })
    server.script = { ...server.script, MAIL: inTurn('550 5.7.1 no', '250 ok') }
    expect(resultOf(await send('refused\r\n'))).toBe('sender-rejected')
    const sent = numbered(20).map((text) => send(text))
    await seconds(16)
    expect([await settledSoon(sent, 20), server.connections]).toEqual([20, 2])
  })

  it('take replies that come after 20 s, and are closed where others have their capacity', async () => {
    const { sendAll, server, answerLate } = await poolOfDeadEnds()
    const sent = await sendAll(20)
    await seconds(20)
    expect([openAt(server), settledOf(sent)]).toEqual([10, 15])
    answerLate()
    expect(await resultsOf(sent)).toEqual({ accepted: 20 })
    await until(() => openAt(server) === 5)
    expect([server.count('QUIT'), isDoubled(server)]).toEqual([5, false])
  })

  it('are used again where no other connection has their place', async () => {
    const { sendAll, server, answerLate } = await poolOfDeadEnds()
    const sent = await sendAll(5)
    await seconds(20)
    answerLate()
    expect(await resultsOf(sent)).toEqual({ accepted: 5 })
    expect(await resultsOf(await sendAll(50))).toEqual({ accepted: 50 })
    expect([server.connections, server.count('QUIT')]).toEqual([5, 0])
  })

  it('are at most as many as may work', async () => {
    const { sendAll, server } = await poolOfDeadEnds()
    const sent = await sendAll(100)
    server.script = { MAIL: hang }
    await seconds(240)
    expect([openAt(server), server.connections, settledOf(sent)]).toEqual([10, 10, 0])
  })

  it('leave one place where there is one', async () => {
    const { sendAll, server } = await poolOfDeadEnds({ maxConnections: 1 })
    const sent = await sendAll(200)
    await seconds(16)
    expect([await settledSoon(sent, 199), server.connections]).toEqual([199, 2])
  })

  it('leave their capacity to a message with a login of its own', async () => {
    const { sendAll, send } = await poolOfDeadEnds({ maxConnections: 2 })
    void (await sendAll(2))
    const own = send('own\r\n', { login: { user: 'eve', pass: 'other' } })
    await seconds(14)
    expect(own.settled()).toBe(0)
    await seconds(2)
    expect(await settledSoon([own], 1)).toBe(1)
  })

  it('are aborted by the deadline of their messages, which are unknown, and by force', async () => {
    const { sendAll, pool } = await poolOfDeadEnds({ deadline: 30_000 })
    const sent = await sendAll(20)
    await seconds(31)
    expect(await resultsOf(sent)).toEqual({ accepted: 15, 'deadline, unknown': 5 })
    const { sendAll: sendMore, pool: another } = await poolOfDeadEnds()
    const more = await sendMore(20)
    await seconds(16)
    another.close(true)
    expect(await resultsOf(more)).toEqual({ accepted: 15, 'aborted, unknown': 5 })
    await Promise.all([pool.settled(), another.settled()])
  })

  it('are waited for by a close that is not forced', async () => {
    const { sendAll, pool, answerLate, server } = await poolOfDeadEnds()
    const sent = await sendAll(20)
    await seconds(16)
    pool.close(false)
    await seconds(10)
    expect(pool.pending).toBe(5)
    answerLate()
    expect(await resultsOf(sent)).toEqual({ accepted: 20 })
    await until(() => openAt(server) === 0)
  })
})

describe('where no other connection works either', () => {
  it('the messages go over the next endpoint', async () => {
    const second = await startServer({}, { offer: dialogues.chunked })
    const { sendAll, server } = await poolOfDeadEnds({ others: [second] })
    const sent = await sendAll(200)
    server.script = { greeting: reset }
    await seconds(16)
    expect([await settledSoon(sent, 195), second.connections]).toEqual([195, 5])
    await seconds(300)
    expect(await resultsOf(sent)).toEqual({ accepted: 195, 'reply-timeout, unknown': 5 })
    expect(new Set([...server.messages, ...second.messages]).size).toBe(server.messages.length + second.messages.length)
  })

  it('the messages wait for `endpointTimeout`, and are sent once one does', async () => {
    const { sendAll, server, send } = await poolOfDeadEnds({ endpointTimeout: 30_000 })
    const sent = await sendAll(100)
    const { script, connections } = server
    server.script = { ...script, greeting: reset }
    await seconds(20)
    // One attempt at a time, with back-off.
    expect(server.connections - connections).toBeLessThanOrEqual(6)
    await seconds(25)
    expect(settledOf(sent)).toBe(95)
    const last = send('last\r\n')
    server.script = script
    await seconds(12)
    expect(resultOf(await last)).toBe('accepted')
    await seconds(300)
    expect(await resultsOf(sent)).toEqual({ 'no-usable-endpoint, retryable': 95, 'reply-timeout, unknown': 5 })
  })

  it.each<[string, Script]>([
    ['the greeting', { greeting: '421 4.7.0 too many connections' }],
    ['the login', { AUTH: '454 4.7.0 too many connections' }],
  ])('since the server allows no more, as it says at %s, the messages wait for the replies', async (_, script) => {
    const { sendAll, server, answerLate } = await poolOfDeadEnds({ auth })
    server.script = { ...server.script, ...script }
    const sent = await sendAll(100)
    const before = server.connections
    await seconds(200)
    expect(settledOf(sent)).toBe(0)
    expect(server.connections - before).toBeLessThanOrEqual(25)
    answerLate()
    expect(await resultsOf(sent)).toEqual({ accepted: 100 })
    expect([openAt(server), server.count('QUIT')]).toEqual([5, 0])
  })
})

const slow: Answer = async (peer) => (await new Promise((resolve) => setTimeout(resolve, 20_000)), peer.say('250 ok'))

describe('a slow server', () => {
  it.each<[Dialogue, Point, number]>([
    ['chunked', 'MAIL', 10],
    ['chunked', 'BDAT', 5],
    ['pipelined', 'MAIL', 10],
    ['pipelined', 'end', 5],
  ])('that takes 20 s for each reply, %s at %s, gets %i connections at most', async (dialogue, at, most) => {
    const server = await startServer({ [at]: slow }, { offer: [...dialogues[dialogue], 'AUTH PLAIN'] })
    const { send } = poolOver([server], { maxConnections: 5, auth })
    stopTime()
    const sent = numbered(100).map((text) => send(text))
    for (let minute = 0; minute < 20 && settledOf(sent) < 100; minute++) await seconds(60)
    expect(await resultsOf(sent)).toEqual({ accepted: 100 })
    expect(isDoubled(server)).toBe(false)
    expect(server.count('AUTH')).toBeLessThanOrEqual(most)
  })
})
