import { describe, expect, it } from 'vitest'
import { type Answer, inTurn, type MailPeer, reset, type Script, turns, until } from '../../test/mail-server.ts'
import { SecretError } from '../settings/secret-error.ts'
import { numbered, poolOver, resultOf, startServer } from '../../test/submission-pool.ts'
import type { SubmissionOutcome } from './submission.ts'

const auth = { user: 'ada', pass: 'correct horse' }
const offer = ['AUTH PLAIN']
const refused = '535 5.7.8 wrong password'
/** An error of a function that has no secret. */
const missing = (retryable: boolean) => new SecretError({ code: 'revoked', message: 'It was revoked.', advice: 'Sign in again.', retryable })
const plain = ({ user, pass }: typeof auth) => `AUTH PLAIN ${Buffer.from(`\0${user}\0${pass}`).toString('base64')}`

describe('a refused login', () => {
  it('is made once for all waiting messages, and fails them all', async () => {
    const server = await startServer({ AUTH: refused }, { offer })
    const { send } = poolOver([server], { auth })
    const outcomes = await Promise.all(numbered(300).map((text) => send(text)))
    expect(new Set(outcomes.map(resultOf))).toEqual(new Set(['auth-rejected']))
    expect(outcomes.every((outcome) => !outcome.isAccepted && outcome.reply?.code === 535 && outcome.attempts.length === 1)).toBe(true)
    expect([server.count('AUTH'), server.connections]).toEqual([1, 1])
  })

  it('is not repeated on another port', async () => {
    const servers = [await startServer({ AUTH: refused }, { offer }), await startServer({}, { offer })] as const
    const { send } = poolOver(servers, { auth })
    await Promise.all(numbered(20).map((text) => send(text)))
    expect(servers.map(({ connections }) => connections)).toEqual([1, 0])
  })

  it('is tried again for later messages', async () => {
    const server = await startServer({ AUTH: inTurn(refused, refused, '235 ok') }, { offer })
    const { send } = poolOver([server], { auth })
    expect(resultOf(await send('first\r\n'))).toBe('auth-rejected')
    expect((await Promise.all(numbered(5).map((text) => send(text)))).map(resultOf)).toEqual(Array.from({ length: 5 }, () => 'auth-rejected'))
    expect(resultOf(await send('third\r\n'))).toBe('accepted')
    expect(server.count('AUTH')).toBe(3)
  })

  it('does not affect messages being sent', async () => {
    let mayEnd = false
    const server = await startServer({ AUTH: inTurn('235 ok', refused), end: async (peer) => (await until(() => mayEnd), peer.say('250 ok')) }, { offer })
    const { send } = poolOver([server], { auth, maxConnections: 2 })
    const first = send('first\r\n')
    await until(() => server.messages.length === 1)
    const others = numbered(10).map((text) => send(text))
    expect(new Set((await Promise.all(others)).map(resultOf))).toEqual(new Set(['auth-rejected']))
    mayEnd = true
    expect(resultOf(await first)).toBe('accepted')
    expect(server.count('AUTH')).toBe(2)
  })

  it.each([
    ['a pool', 2, true],
    ['a pool', 5, true],
    ['a pool', 30, true],
    ['a transport without a pool', 2, false],
    ['a transport without a pool', 30, false],
  ])('is made once by %s for %i messages at once, although the login had worked', async (_what, count, keepsConnections) => {
    let isRevoked = false
    const server = await startServer({ AUTH: (peer) => peer.say(isRevoked ? refused : '235 ok') }, { offer })
    const { send } = poolOver([server, await startServer({}, { offer })], { auth, keepsConnections, maxConnections: keepsConnections ? 5 : Infinity })
    await Promise.all(numbered(50).map((text) => send(text)))
    const before = server.count('AUTH')
    isRevoked = true
    for (const { socket } of server.peers) socket.destroy()
    await turns(5)
    const outcomes = await Promise.all(numbered(count).map((text) => send(text)))
    expect(new Set(outcomes.map(resultOf))).toEqual(new Set(['auth-rejected']))
    await server.quiet()
    expect(server.count('AUTH') - before).toBe(1)
  })

  it.each(
    [true, false].flatMap((keepsConnections) =>
      [true, false].flatMap((wasKnown) =>
        ([undefined, 'EHLO', 'AUTH'] as const).flatMap((heldAt) =>
          [
            { checks: 0, isCheckFirst: false },
            { checks: 1, isCheckFirst: true },
            { checks: 3, isCheckFirst: true },
            { checks: 3, isCheckFirst: false },
          ].map(({ checks, isCheckFirst }) => ({ keepsConnections, wasKnown, heldAt, checks, isCheckFirst })),
        ),
      ),
    ),
  )(
    'is made once for messages and checks together: pool: $keepsConnections, had worked: $wasKnown, the first at: $heldAt, checks: $checks, begun first: $isCheckFirst',
    async ({ keepsConnections, wasKnown, heldAt, checks, isCheckFirst }) => {
      let isRevoked = !wasKnown
      let isHolding = false
      const holding = (point: string, reply: () => string): Answer => async (peer) => (point === heldAt && (await until(() => !isHolding)), peer.say(reply()))
      const script: Script = {
        EHLO: holding('EHLO', () => `250-mail.test\r\n250 ${offer[0]}`),
        AUTH: holding('AUTH', () => (isRevoked ? refused : '235 ok')),
      }
      const servers = [await startServer(script), await startServer(script)] as const
      const { send, selector } = poolOver(servers, { auth, keepsConnections, maxConnections: keepsConnections ? 5 : Infinity })
      if (wasKnown) await Promise.all(numbered(12).map((text) => send(text)))
      isRevoked = true
      for (const { socket } of servers[0].peers) socket.destroy()
      await turns(5)
      const [logins, connections] = [servers[0].count('AUTH'), servers[0].connections]
      isHolding = heldAt !== undefined
      // The login of the settings, given again for a message, is the same login.
      const sendAll = () => numbered(6).map((text, index) => send(text, index % 3 === 2 ? { login: { ...auth } } : {}))
      const checkAll = () => Array.from({ length: checks }, () => selector.examine().then(() => 'accepted', ({ diagnosis }) => diagnosis.code))
      const [first, second] = isCheckFirst ? [checkAll, sendAll] : [sendAll, checkAll]
      const begun = [...first()]
      const isLoggingIn = heldAt === 'AUTH' && !(isCheckFirst && wasKnown)
      if (heldAt) await until(() => (isLoggingIn ? servers[0].count('AUTH') > logins : servers[0].connections > connections))
      begun.push(...second())
      await turns(20)
      isHolding = false
      const outcomes = (await Promise.all<SubmissionOutcome | string>(begun)).map((outcome) => (typeof outcome === 'string' ? outcome : resultOf(outcome)))
      // A login that was accepted is not repeated by a check.
      expect(outcomes.filter((outcome) => outcome !== 'auth-rejected')).toEqual(Array.from({ length: wasKnown ? checks : 0 }, () => 'accepted'))
      for (const server of servers) await server.quiet()
      expect([servers[0].count('AUTH') - logins, servers[1].count('AUTH')]).toEqual([1, 0])
    },
  )

  it.each(
    (['MAIL', 'RCPT', 'DATA'] as const).flatMap((point) =>
      [1, 2, 5].flatMap((busy) => [true, false].map((isOneByOne) => ({ point, busy, isOneByOne }))),
    ),
  )('is made once although $busy connections are lost at $point later, one by one: $isOneByOne', async ({ point, busy, isOneByOne }) => {
    let isRevoked = false
    let isHolding = false
    const held: MailPeer[] = []
    const server = await startServer({ AUTH: (peer) => peer.say(isRevoked ? refused : '235 ok'), [point]: async (peer: MailPeer) => (isHolding && (held.push(peer), await peer.gone), peer.say(point === 'DATA' ? '354 go on' : '250 ok')) }, { offer })
    const { send } = poolOver([server, await startServer({}, { offer })], { auth, maxConnections: busy + 1 })
    await Promise.all(numbered(50).map((text) => send(text)))
    const before = server.count('AUTH')
    isHolding = isRevoked = true
    const [spare, ...others] = server.peers.filter(({ socket }) => !socket.destroyed)
    expect(others.length).toBe(busy)
    spare!.socket.destroy()
    await turns(5)
    const sent = numbered(busy + 3).map((text) => send(text))
    expect(new Set((await Promise.all(sent.slice(busy))).map(resultOf))).toEqual(new Set(['auth-rejected']))
    await until(() => held.length === busy)
    for (const { socket } of held) {
      socket.destroy()
      if (isOneByOne) await turns(20)
    }
    for (const outcome of await Promise.all(sent.slice(0, busy))) expect(outcome).toMatchObject({ failure: { code: 'auth-rejected' }, reply: { code: 535 }, attempts: [{ failure: { code: 'connection-lost' } }] })
    await server.quiet()
    expect(server.count('AUTH') - before).toBe(1)
  })

  it('has the reply and the reason for every message, also if a check has made it', async () => {
    let mayReply = false
    const server = await startServer({ AUTH: async (peer) => (await until(() => mayReply), peer.say(refused)) }, { offer })
    const { send, selector } = poolOver([server], { auth })
    const check = selector.examine()
    await until(() => server.count('AUTH') === 1)
    const sent = numbered(3).map((text) => send(text))
    await until(() => server.connections === 2)
    mayReply = true
    await expect(check).rejects.toMatchObject({ diagnosis: { code: 'auth-rejected' } })
    for (const outcome of await Promise.all(sent)) expect(outcome).toMatchObject({ failure: { code: 'auth-rejected', replyCode: 535 }, reply: { code: 535 }, retryable: false })
    await server.quiet()
    expect(server.count('AUTH')).toBe(1)
  })

  it('fails only the messages that use it', async () => {
    const own = { user: 'bob', pass: 'tr0ub4dor' }
    const server = await startServer({ AUTH: (peer, line) => peer.say(line === plain(own) ? refused : '235 ok') }, { offer })
    const { send } = poolOver([server], { auth, maxConnections: 2 })
    const sent = numbered(12).map((text, index) => send(text, index % 3 === 0 ? { login: { ...own } } : {}))
    const outcomes = (await Promise.all(sent)).map(resultOf)
    expect(outcomes).toEqual(outcomes.map((_, index) => (index % 3 === 0 ? 'auth-rejected' : 'accepted')))
    expect(server.lines.filter((line) => line === plain(own)).length).toBe(1)
  })
})

describe('a login without a secret', () => {
  const offer = ['AUTH XOAUTH2']

  it('fails all waiting messages if that is permanent, with the reason, even after others were sent', async () => {
    const server = await startServer({ AUTH: '235 ok' }, { offer })
    let asked = 0
    const why = missing(false)
    const accessToken = () => (++asked === 1 ? 'token' : Promise.reject(why))
    const { send, selector } = poolOver([server], { auth: { user: 'ada', accessToken }, maxConnections: 1, maxMessages: 1 })
    expect(resultOf(await send('first\r\n'))).toBe('accepted')
    const outcomes = await Promise.all(numbered(20).map((text) => send(text)))
    expect(new Set(outcomes.map(resultOf))).toEqual(new Set(['auth-secret-missing']))
    expect(outcomes.every((outcome) => !outcome.isAccepted && outcome.cause === why && outcome.failure.sourceCode === 'revoked')).toBe(true)
    expect([asked, server.count('AUTH')]).toEqual([2, 1])
    await expect(selector.examine()).rejects.toMatchObject({ diagnosis: { code: 'auth-secret-missing' } })
    expect(asked).toBe(2)
  })

  it('is tried again if that is temporary', async () => {
    const server = await startServer({ AUTH: '235 ok' }, { offer })
    let asked = 0
    const accessToken = () => (++asked === 1 ? Promise.reject(missing(true)) : 'token')
    const { send } = poolOver([server], { auth: { user: 'ada', accessToken } })
    expect(resultOf(await send('first\r\n'))).toBe('accepted')
    expect([asked, server.count('AUTH')]).toEqual([2, 1])
  })
})

describe('the login of a single message', () => {
  it('is made on a separate connection, which sends nothing else', async () => {
    const own = { user: 'bob', pass: 'tr0ub4dor' }
    const server = await startServer({}, { offer })
    const { send } = poolOver([server], { auth, maxConnections: 2 })
    const sent = numbered(20).map((text, index) => send(text, index % 2 === 0 ? { login: own } : {}))
    expect(new Set((await Promise.all(sent)).map(resultOf))).toEqual(new Set(['accepted']))
    for (const { lines, messages } of server.peers.filter(({ lines: all }) => all.includes(plain(own)))) {
      expect([messages.length, lines.filter((line) => line.startsWith('AUTH')).length]).toEqual([1, 1])
      expect(Number(/\d+/.exec(messages[0]!)![0]) % 2).toBe(0)
    }
    for (const { messages } of server.peers.filter(({ lines: all }) => all.includes(plain(auth)))) {
      expect(messages.filter((text) => Number(/\d+/.exec(text)![0]) % 2 === 0)).toEqual([])
    }
  })
})

describe('a login without a reply', () => {
  it.each([1, 2, 3].flatMap((ports) => [true, false].flatMap((keepsConnections) => [true, false].map((wasKnown) => ({ ports, keepsConnections, wasKnown })))))(
    'is made twice at most, and the message may be sent later: ports: $ports, pool: $keepsConnections, had worked: $wasKnown',
    async ({ ports, keepsConnections, wasKnown }) => {
      let isFailing = !wasKnown
      const servers = await Promise.all(Array.from({ length: ports }, () => startServer({ AUTH: (peer, line) => peer.answer(isFailing ? reset : '235 ok', line) }, { offer })))
      const { send } = poolOver(servers, { auth, keepsConnections, endpointTimeout: 0 })
      if (wasKnown) await send('first\r\n')
      isFailing = true
      for (const { socket } of servers[0]!.peers) socket.destroy()
      await turns(5)
      const before = servers[0]!.count('AUTH')
      const outcomes = await Promise.all(numbered(5).map((text) => send(text)))
      expect(new Set(outcomes.map(resultOf))).toEqual(new Set(['connection-lost, retryable']))
      for (const server of servers) await server.quiet()
      expect(servers.reduce((sum, server) => sum + server.count('AUTH'), -before)).toBe(Math.min(ports, 2))
    },
  )

  it('is repeated once, on the next port', async () => {
    const servers = [await startServer({ AUTH: reset }, { offer }), await startServer({ AUTH: reset }, { offer }), await startServer({}, { offer })] as const
    const { send } = poolOver(servers, { auth, endpointTimeout: 0 })
    expect(resultOf(await send('a\r\n'))).toBe('connection-lost, retryable')
    expect(servers.map((server) => server.count('AUTH'))).toEqual([1, 1, 0])
  })

  it('succeeds if the next port accepts it', async () => {
    const servers = [await startServer({ AUTH: reset }, { offer }), await startServer({}, { offer })] as const
    const { send } = poolOver(servers, { auth })
    expect((await Promise.all(numbered(10).map((text) => send(text)))).map(resultOf)).toEqual(Array.from({ length: 10 }, () => 'accepted'))
    expect(servers.map(({ messages }) => messages.length)).toEqual([0, 10])
  })
})

describe('the first login', () => {
  it('must be accepted before further connections are opened', async () => {
    let mayLogIn = false
    const server = await startServer({ AUTH: async (peer) => (await until(() => mayLogIn), peer.say('235 ok')) }, { offer })
    const { send } = poolOver([server], { auth, maxConnections: 5 })
    const sent = numbered(50).map((text) => send(text))
    await until(() => server.count('AUTH') === 1)
    await turns(50)
    expect(server.connections).toBe(1)
    mayLogIn = true
    await Promise.all(sent)
    expect(server.connections).toBeGreaterThan(1)
  })
})

/** A pool of four whose connections have sent messages and are closed. Further logins are held back until `accept`. */
async function closedPool(otherPorts = 0) {
  const held: (() => void)[] = []
  let isHolding = false
  const server = await startServer({ AUTH: async (peer) => (isHolding && (await new Promise<void>((resolve) => held.push(resolve))), peer.say('235 ok')) }, { offer })
  const others = await Promise.all(Array.from({ length: otherPorts }, () => startServer({}, { offer })))
  const { send, attempts } = poolOver([server, ...others], { auth, maxConnections: 4 })
  await Promise.all(numbered(50).map((text) => send(text)))
  isHolding = true
  for (const { socket } of server.peers) socket.destroy()
  await turns(5)
  return { server, others, attempts, send, held, before: server.connections }
}

describe('after the connections were closed', () => {
  it('one logs in first, and then the others together', async () => {
    const { server, send, held, before } = await closedPool()
    const sent = numbered(20).map((text) => send(text))
    await until(() => server.connections === before + 4 && held.length === 1)
    await turns(50)
    expect(held.length).toBe(1)
    held[0]!()
    await until(() => held.length === 4)
    for (const accept of held) accept()
    expect(new Set((await Promise.all(sent)).map(resultOf))).toEqual(new Set(['accepted']))
  })

  it('another logs in first if the connection of the first one is lost', async () => {
    const { server, send, held, before } = await closedPool()
    const sent = numbered(4).map((text) => send(text))
    await until(() => held.length === 1)
    const first = server.peers.slice(before).find(({ lines }) => lines.some((line) => line.startsWith('AUTH')))!
    first.socket.destroy()
    for (let accepted = 1; accepted < 4; accepted++) {
      await until(() => held.length > accepted)
      held[accepted]!()
    }
    expect(new Set((await Promise.all(sent)).map(resultOf))).toEqual(new Set(['accepted']))
  })

  it.each([undefined, { user: 'bob', pass: 'tr0ub4dor' }].flatMap((login) => ['RST', 'FIN', '421'].map((end) => ({ login, end }))))(
    'those that are closed again while they wait are opened again, on the same port: $end, login of the messages: $login',
    async ({ login, end }) => {
      const { server, others, attempts, send, held, before } = await closedPool(1)
      const sent = numbered(4).map((text) => send(text, { login: login && { ...login } }))
      await until(() => server.count('EHLO') === before + 4 && held.length === 1)
      await turns(5)
      for (const { socket, lines } of server.peers.slice(before)) {
        if (lines.some((line) => line.startsWith('AUTH'))) continue
        if (end === 'RST') socket.resetAndDestroy()
        else socket.end(end === 'FIN' ? '' : '421 4.4.2 idle for too long\r\n')
      }
      await turns(5)
      for (let accepted = 0; sent.some(({ settled }) => settled() === 0); ) {
        if (held.length > accepted) held[accepted++]!()
        await turns(1)
      }
      expect(new Set((await Promise.all(sent)).map(resultOf))).toEqual(new Set(['accepted']))
      expect([attempts, others[0]!.connections]).toEqual([[], 0])
    },
  )

  it('the login of a single message does not wait for that of the settings', async () => {
    const { send, held } = await closedPool()
    const shared = send('shared\r\n')
    const own = send('own\r\n', { login: { user: 'bob', pass: 'tr0ub4dor' } })
    await until(() => held.length === 2)
    for (const accept of held) accept()
    expect([await shared, await own].map(resultOf)).toEqual(['accepted', 'accepted'])
  })
})

describe('a login that fails for now', () => {
  const own = { user: 'bob', pass: 'tr0ub4dor' }

  it.each(
    (['454 4.7.0 later', '421 4.7.0 too many', reset] as const).flatMap((answer) =>
      [true, false].flatMap((keepsConnections) => [true, false].flatMap((wasKnown) => [undefined, own].map((login) => ({ answer, keepsConnections, wasKnown, login })))),
    ),
  )('is not repeated for each waiting message: $answer, pool: $keepsConnections, had worked: $wasKnown, of the messages: $login', async ({ answer, keepsConnections, wasKnown, login }) => {
    let isFailing = !wasKnown
    const script: Script = { AUTH: (peer, line) => peer.answer(isFailing ? answer : '235 ok', line) }
    const servers = [await startServer(script, { offer }), await startServer(script, { offer })]
    const logins = () => servers.reduce((sum, server) => sum + server.count('AUTH'), 0)
    const { send } = poolOver(servers, { auth, keepsConnections, maxConnections: keepsConnections ? 5 : Infinity, endpointTimeout: 500 })
    if (wasKnown) await Promise.all(numbered(30).map((text) => send(text)))
    isFailing = true
    for (const server of servers) for (const { socket } of server.peers) socket.destroy()
    await turns(5)
    const before = logins()
    const outcomes = await Promise.all(numbered(60).map((text) => send(text, login && { login: { ...login } })))
    expect(new Set(outcomes.map(resultOf))).toEqual(new Set([answer === reset ? 'connection-lost, retryable' : 'auth-temporary, retryable']))
    for (const server of servers) await server.quiet()
    // One for each time that the ladder is tried within half a second, and each without a reply once more.
    expect(logins() - before).toBeLessThanOrEqual(6)
  })

  it('is repeated for all waiting messages together, and they are sent once it is accepted', async () => {
    const server = await startServer({ AUTH: inTurn('454 4.7.0 later', '454 4.7.0 later', '235 ok') }, { offer })
    const { send } = poolOver([server], { auth, maxConnections: 5 })
    const outcomes = await Promise.all(numbered(40).map((text) => send(text, { login: own })))
    expect(new Set(outcomes.map(resultOf))).toEqual(new Set(['accepted']))
    expect(server.messages.toSorted()).toEqual(numbered(40).toSorted())
  })
})
