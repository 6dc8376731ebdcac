import { startProvider, type Provider, type ProviderOptions } from '@postern/testing'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { ca, trusted } from '../../test/certificates.ts'
import { deferred } from '../../test/deferred.ts'
import { expectNoLeaks } from '../../test/expect-no-leaks.ts'
import { type Peer, type Script, type ScriptedServer, serve, upToTls } from '../../test/scripted-server.ts'
import type { Failure } from '../failure/failure.ts'
import { SessionFailed } from '../smtp/session-failed.ts'
import { NoUsableEndpointError } from './no-usable-endpoint-error.ts'
import { createEndpointSelector, type EndpointSelector } from './selector.ts'
import type { SelectorOptions } from './selector-state.ts'

let provider: Provider
let heard: string[]
beforeEach(() => {
  heard = []
})
afterEach(() => provider?.close())

/** Milliseconds; longer than any test. */
const NEVER = 3_600_000

async function selectorWith(faults: ProviderOptions['faults'] = {}, options: SelectorOptions = {}) {
  provider = await startProvider({ faults })
  return watched(createEndpointSelector(provider.settings, { timing: { attemptDelay: NEVER, preferenceGrace: NEVER }, ...options }))
}

function watched(selector: EndpointSelector): EndpointSelector {
  for (const event of ['selected', 'fallback', 'recovered'] as const) selector.on(event, ({ endpoint }) => heard.push(`${event} ${endpoint.port}`))
  selector.on('exhausted', () => heard.push('exhausted'))
  onTestFinished(() => selector.close())
  return selector
}

/** TLS, with a login offered, until the client closes. */
const healthy: Script = async (peer) => {
  await upToTls(peer)
  await peer.secure(trusted)
  for (;;) if ((await peer.hear()).startsWith('EHLO')) peer.say('250-mail.example.com\r\n250 AUTH PLAIN\r\n')
}

async function listen(script: Script): Promise<ScriptedServer> {
  const server = await serve(script)
  onTestFinished(() => server[Symbol.asyncDispose]())
  return server
}

const login = { user: 'ada', pass: 'hunter2' }

function selectorOver(servers: readonly ScriptedServer[], options: SelectorOptions = {}): EndpointSelector {
  const candidates = servers.map(({ port }) => ({ port, security: 'starttls' as const }))
  const timing = { attemptDelay: 5, preferenceGrace: NEVER }
  return watched(createEndpointSelector({ host: '127.0.0.1', tls: { ca }, auth: login, candidates }, { timing, ...options }))
}

async function errorOf(promise: Promise<unknown>): Promise<NoUsableEndpointError> {
  const error: unknown = await promise.then(
    () => expect.unreachable('it opened'),
    (error: unknown) => error,
  )
  if (!NoUsableEndpointError.isInstance(error)) throw error
  return error
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

const lost: Failure = { code: 'connection-lost', stage: 'mail', message: '', advice: '' }

describe('openSession()', () => {
  it('opens a session on which EHLO was sent and the login is offered, but not made', async () => {
    const selector = await selectorWith({ 587: 'auth-not-offered' })
    const { session, attempts } = await selector.openSession()
    expect(session.endpoint.port).toBe(provider.ports[2525])
    expect(session.offer).toContainEqual(expect.stringContaining('AUTH'))
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['failed', 'used'])
    expect(provider.logins).toEqual([])
    await session.logIn()
    expect(provider.logins).toMatchObject([{ ok: true, secure: true }])
    session.quit()
  })

  it('keeps the session open when the signal of the opening is aborted afterwards', async () => {
    const selector = await selectorWith()
    const controller = new AbortController()
    const { session } = await selector.openSession({ signal: controller.signal })
    controller.abort()
    await session.logIn()
    expect(provider.logins).toMatchObject([{ ok: true }])
    session.quit()
  })

  it('logs in under the signal of the caller', async () => {
    const selector = await selectorWith()
    const { session } = await selector.openSession()
    await expect(session.logIn(AbortSignal.abort())).rejects.toMatchObject({ failure: { code: 'aborted', stage: 'auth' } })
    expect(provider.logins).toEqual([])
  })

  it('uses the login of a message instead of the one in the settings', async () => {
    const selector = await selectorWith()
    const { session } = await selector.openSession({ auth: { user: 'other', pass: 'wrong' } })
    await expect(session.logIn()).rejects.toMatchObject({ failure: { code: 'auth-rejected' } })
    expect(provider.logins).toMatchObject([{ user: 'other', ok: false }])
  })

  it('selects an endpoint and emits events before it returns the first session', async () => {
    const selector = await selectorWith({ 587: 'refuse' })
    const { session } = await selector.openSession()
    expect(heard).toEqual([`selected ${provider.ports[2525]}`, `fallback ${provider.ports[2525]}`])
    expect(selector.endpoint).toEqual(session.endpoint)
    session.quit()
  })

  it('makes no connection if the signal is already aborted', async () => {
    const selector = await selectorWith()
    const { diagnosis } = await errorOf(selector.openSession({ signal: AbortSignal.abort() }))
    expect(diagnosis.code).toBe('aborted')
    expect(provider.connections).toMatchObject({ 587: 0, 2525: 0, 465: 0 })
    expect(heard).toEqual([])
  })

  it('rejects a deadline that is not a number, with the name of the option', async () => {
    const selector = await selectorWith()
    await expect(selector.openSession({ deadline: NaN })).rejects.toMatchObject({ code: 'invalid-settings', issues: [{ path: 'deadline' }] })
  })
})

/** Two servers: the better one greets when the test opens a gate, the lower one immediately. */
async function slowAndHealthy(options?: SelectorOptions) {
  const greeting = deferred()
  const slow = await listen(async (peer) => {
    await greeting.promise
    await healthy(peer)
  })
  const lower = await listen(healthy)
  return { slow, lower, greet: greeting.resolve, selector: selectorOver([slow, lower], options) }
}

describe('the first message', () => {
  it('does not wait for the selection, whose events are emitted once', async () => {
    const { slow, lower, selector } = await slowAndHealthy({ timing: { attemptDelay: 5, preferenceGrace: 200 } })
    const decided = new Promise((resolve) => selector.once('fallback', resolve))
    const { session, attempts } = await selector.openSession()
    expect(session.endpoint.port).toBe(lower.port)
    expect(attempts).toMatchObject([{ endpoint: { port: slow.port }, outcome: 'superseded', failure: { code: 'greeting-timeout' } }, { outcome: 'used' }])
    // The better one is still in its grace.
    expect([selector.endpoint, heard, selector.usable?.port]).toEqual([undefined, [], lower.port])
    await decided
    expect(heard).toEqual([`selected ${lower.port}`, `fallback ${lower.port}`])
    expect(selector.endpoint?.port).toBe(lower.port)
    expect(selector.state().rungs).toMatchObject([{ status: 'down', failure: { code: 'greeting-timeout' } }, { status: 'up' }])
    // The decision did not close it.
    expect(session.isIdle).toBe(true)
    session.quit()
  })

  it('keeps its session if a better endpoint wins, whose session is used for the next message', async () => {
    const { slow, lower, greet, selector } = await slowAndHealthy()
    const { session } = await selector.openSession()
    expect(session.endpoint.port).toBe(lower.port)
    greet()
    await until(() => selector.endpoint !== undefined)
    expect(heard).toEqual([`selected ${slow.port}`])
    expect(selector.state().rungs).toMatchObject([{ status: 'up' }, { status: 'up' }])
    const next = await selector.openSession()
    expect(next.session.endpoint.port).toBe(slow.port)
    expect(slow.peers).toHaveLength(1)
    expect(session.isIdle).toBe(true)
    // A session was kept.
    const third = await selector.openSession()
    expect(slow.peers).toHaveLength(2)
    for (const each of [session, next.session, third.session]) each.quit()
  })

  it('leaves the session of a better endpoint to openSessionAt()', async () => {
    const { slow, greet, selector } = await slowAndHealthy()
    const { session } = await selector.openSession()
    greet()
    await until(() => selector.endpoint !== undefined)
    const more = await selector.openSessionAt(selector.endpoint!)
    expect(slow.peers).toHaveLength(1)
    more.quit()
    session.quit()
  })

  it('leaves the session of a better endpoint to close(), which ends it with QUIT', async () => {
    const { slow, greet, selector } = await slowAndHealthy()
    const { session } = await selector.openSession()
    greet()
    await until(() => selector.endpoint !== undefined)
    selector.close()
    await slow.quiet()
    expect(slow.peers[0]?.secret).toMatch(/QUIT\r\n$/)
    session.quit()
  })

  it('does not use a spare session for a message with its own login, nor one that the server has closed', async () => {
    const { slow, greet, selector } = await slowAndHealthy()
    const { session } = await selector.openSession()
    greet()
    await until(() => selector.endpoint !== undefined)
    slow.peers[0]!.say('421 4.4.2 idle too long\r\n')
    slow.peers[0]!.end()
    const own = await selector.openSession({ auth: { user: 'grace', pass: 'other' } })
    expect(slow.peers).toHaveLength(2)
    // By now the 421 has arrived.
    const next = await selector.openSession()
    expect(slow.peers).toHaveLength(3)
    expect(next.session.isIdle).toBe(true)
    for (const each of [session, own.session, next.session]) each.quit()
  })

  it('waits for the selection if the caller requests it', async () => {
    const { slow, lower, greet, selector } = await slowAndHealthy()
    const waiting = selector.openSession({ waitForChoice: true })
    const { session: early } = await selector.openSession()
    expect(early.endpoint.port).toBe(lower.port)
    greet()
    const { session, attempts } = await waiting
    expect(session.endpoint.port).toBe(slow.port)
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['used', 'used'])
    expect([slow.peers.length, lower.peers.length]).toEqual([1, 1])
    early.quit()
    session.quit()
  })

  it('does not use an endpoint without the login, although it is the first one with TLS', async () => {
    const slow = await listen((peer) => peer.gone)
    const loginless = await listen(async (peer) => {
      await upToTls(peer)
      await peer.secure(trusted)
      for (;;) if ((await peer.hear()).startsWith('EHLO')) peer.say('250 mail.example.com\r\n')
    })
    const last = await listen(healthy)
    const { session, attempts } = await selectorOver([slow, loginless, last]).openSession()
    expect(session.endpoint.port).toBe(last.port)
    expect(attempts.map(({ outcome, failure }) => [outcome, failure?.code])).toEqual([
      ['superseded', 'greeting-timeout'],
      ['failed', 'auth-not-offered'],
      ['used', undefined],
    ])
    expect(loginless.peers[0]?.secret).toMatch(/^EHLO [^\r]+\r\n$/)
    session.quit()
  })

  it('leaves no connection open if the selector is closed during the grace', async () => {
    const { slow, selector } = await slowAndHealthy()
    await expectNoLeaks(async () => {
      const { session } = await selector.openSession()
      session.quit()
      selector.close()
      await slow.quiet()
    })
    expect(heard).toEqual([])
  })

  it('does not select an endpoint that has failed a message meanwhile', async () => {
    const { slow, lower, greet, selector } = await slowAndHealthy()
    const { session } = await selector.openSession()
    session.destroy()
    selector.reportFailure(session.endpoint, lost)
    expect(selector.usable).toBeUndefined()
    const next = selector.openSession({ avoid: [session.endpoint] })
    await until(() => slow.peers.length === 2)
    greet()
    expect((await next).session.endpoint.port).toBe(slow.port)
    await until(() => selector.endpoint !== undefined)
    expect(selector.endpoint?.port).toBe(slow.port)
    expect(lower.peers).toHaveLength(1)
    ;(await next).session.quit()
  })
})

describe('many first messages', () => {
  it('share one race, and open their sessions at the first endpoint that qualifies', async () => {
    const selector = await selectorWith({ 587: 'no-starttls' }, { budgets: {} })
    const opened = await Promise.all(Array.from({ length: 50 }, () => selector.openSession()))
    expect(provider.connections).toMatchObject({ 587: 1, 2525: 50, 465: 0 })
    expect(heard).toEqual([`selected ${provider.ports[2525]}`, `fallback ${provider.ports[2525]}`])
    for (const { session } of opened) session.quit()
  })

  it('use the qualified endpoint directly, also during the grace of a better one', async () => {
    const { slow, lower, selector } = await slowAndHealthy()
    const opened = [await selector.openSession()]
    for (let turn = 0; turn < 3; turn += 1) opened.push(await selector.openSession())
    expect([slow.peers.length, lower.peers.length]).toEqual([1, 4])
    expect(opened.at(-1)?.attempts).toMatchObject([{ endpoint: { port: lower.port }, outcome: 'used' }])
    for (const { session } of opened) session.quit()
  })

  it('all fail with the error of the shared race', async () => {
    const selector = await selectorWith({ 587: 'bad-banner', 2525: 'bad-banner', 465: 'greeting-rejected' })
    const errors = await Promise.all(Array.from({ length: 50 }, () => errorOf(selector.openSession())))
    expect(new Set(errors)).toHaveProperty('size', 1)
    expect(provider.connections).toMatchObject({ 587: 1, 2525: 1, 465: 1 })
    expect(heard).toEqual(['exhausted'])
  })

  it('continue if one of them is aborted or its deadline passes, even the first', async () => {
    const { lower, greet, selector } = await slowAndHealthy({ timing: { attemptDelay: NEVER, preferenceGrace: NEVER } })
    const controller = new AbortController()
    const aborted = errorOf(selector.openSession({ signal: controller.signal }))
    const impatient = errorOf(selector.openSession({ deadline: 20 }))
    const waiting = selector.openSession()
    controller.abort()
    expect((await aborted).attempts).toMatchObject([{ outcome: 'failed', failure: { code: 'aborted', stage: expect.any(String) } }])
    expect((await impatient).diagnosis.code).toBe('deadline')
    greet()
    const { session } = await waiting
    expect(heard).toEqual([`selected ${session.endpoint.port}`])
    expect(lower.peers).toEqual([])
    session.quit()
  })

  it('end the race when the last of them is aborted', async () => {
    const { slow, selector } = await slowAndHealthy({ timing: { attemptDelay: NEVER, preferenceGrace: NEVER } })
    const controllers = [new AbortController(), new AbortController()]
    await expectNoLeaks(async () => {
      const errors = controllers.map(({ signal }) => errorOf(selector.openSession({ signal })))
      await slow.firstPeer
      for (const controller of controllers) controller.abort()
      expect((await Promise.all(errors)).map(({ diagnosis }) => diagnosis.code)).toEqual(['aborted', 'aborted'])
      await slow.quiet()
    })
    expect(heard).toEqual([])
    expect(selector.state().rungs[0]?.status).toBe('untried')
  })

  it('use the next rung for one that the qualified endpoint refuses, without moving the others', async () => {
    const first = await listen((peer) => (first.peers.length > 1 ? turnAway(peer) : healthy(peer)))
    const lower = await listen(healthy)
    const selector = selectorOver([first, lower], { timing: { attemptDelay: NEVER, preferenceGrace: NEVER } })
    const opened = await Promise.all([selector.openSession(), selector.openSession()])
    expect(opened.map(({ session }) => session.endpoint.port)).toEqual([first.port, lower.port])
    expect(opened[1]?.attempts.map(({ outcome, failure }) => [outcome, failure?.replyCode])).toEqual([
      ['failed', 421],
      ['used', undefined],
    ])
    expect(selector.endpoint?.port).toBe(first.port)
    expect(heard).toEqual([`selected ${first.port}`])
    for (const { session } of opened) session.quit()
  })

  it('fail with their own error if every endpoint refuses them', async () => {
    const first = await listen((peer) => (first.peers.length > 1 ? turnAway(peer) : healthy(peer)))
    const lower = await listen(turnAway)
    const selector = selectorOver([first, lower], { timing: { attemptDelay: NEVER, preferenceGrace: NEVER } })
    const [opened, error] = await Promise.all([selector.openSession(), errorOf(selector.openSession())])
    expect(error.attempts.map(({ endpoint, failure }) => [endpoint.port, failure?.replyCode])).toEqual([
      [first.port, 421],
      [lower.port, 421],
    ])
    expect(heard).toEqual([`selected ${first.port}`])
    opened.session.quit()
  })

  it('do not use the next rung if the endpoint that qualified has a limit', async () => {
    const first = await listen((peer) => (first.peers.length > 1 ? limited(peer) : healthy(peer)))
    const lower = await listen(healthy)
    const selector = selectorOver([first, lower], { timing: { attemptDelay: NEVER, preferenceGrace: NEVER } })
    const [opened, error] = await Promise.all([selector.openSession(), errorOf(selector.openSession())])
    expect(error).toMatchObject({ diagnosis: { code: 'rate-limited' } })
    expect(lower.peers).toEqual([])
    expect(selector.endpoint?.port).toBe(first.port)
    opened.session.quit()
  })

  it('share a race with a message that has its own login, but not its failure', async () => {
    const odd = await listen(async (peer) => {
      await upToTls(peer)
      await peer.secure(trusted)
      for (;;) if ((await peer.hear()).startsWith('EHLO')) peer.say('250-mail.example.com\r\n250 AUTH PLAIN\r\n')
    })
    const selector = selectorOver([odd])
    const own = errorOf(selector.openSession({ auth: { user: 'grace', accessToken: 'token' } }))
    const opened = selector.openSession()
    expect((await own).diagnosis.code).toBe('auth-mechanism')
    const { session } = await opened
    expect(heard).toEqual([`selected ${odd.port}`])
    session.quit()
  })
})

function limited(peer: Peer): void {
  peer.say('421 4.7.0 Too many connections\r\n')
  peer.end()
}

function turnAway(peer: Peer): void {
  peer.say('421 4.7.0 busy\r\n')
  peer.end()
}

describe('a selected endpoint that has become silent', () => {
  it('delays a message for the head start, and is replaced after the grace', async () => {
    let isSilent = false
    const first = await listen((peer) => (isSilent ? peer.gone : healthy(peer)))
    const lower = await listen(healthy)
    const selector = selectorOver([first, lower], { timing: { attemptDelay: 50, preferenceGrace: 400 } })
    ;(await selector.openSession()).session.quit()
    isSilent = true
    const fallen = new Promise((resolve) => selector.once('fallback', resolve))
    const opened = await Promise.all([selector.openSession(), selector.openSession(), selector.openSession()])
    expect(opened.map(({ session }) => session.endpoint.port)).toEqual([lower.port, lower.port, lower.port])
    expect(selector.endpoint?.port).toBe(first.port)
    expect(selector.usable?.port).toBe(lower.port)
    await fallen
    expect(selector.endpoint?.port).toBe(lower.port)
    expect(heard).toEqual([`selected ${first.port}`, `fallback ${lower.port}`])
    for (const { session } of opened) session.quit()
  })

  it('is contacted once per message while it works', async () => {
    const selector = await selectorWith()
    ;(await selector.openSession()).session.quit()
    const opened = await Promise.all(Array.from({ length: 5 }, () => selector.openSession()))
    expect(opened.map(({ attempts }) => attempts.length)).toEqual([1, 1, 1, 1, 1])
    expect(provider.connections).toMatchObject({ 587: 6, 2525: 0 })
    for (const { session } of opened) session.quit()
  })
})

describe('openSession() and connect() at the same time', () => {
  it('wait for each other’s selection', async () => {
    const selector = await selectorWith({ 587: 'refuse' })
    const [connection, { session }] = await Promise.all([selector.connect(), selector.openSession()])
    expect(provider.connections).toMatchObject({ 2525: 2 })
    connection.socket.destroy()
    session.quit()

    const other = watched(createEndpointSelector(provider.settings, { timing: { attemptDelay: NEVER } }))
    const [opened, second] = await Promise.all([other.openSession(), other.connect()])
    expect(provider.connections).toMatchObject({ 2525: 4, 465: 0 })
    opened.session.quit()
    second.socket.destroy()
  })
})

describe('openSessionAt()', () => {
  it('opens a session at one endpoint, tries no other, and keeps the selected endpoint', async () => {
    const selector = await selectorWith()
    const { session, attempts } = await selector.openSession()
    const lower = { ...session.endpoint, port: provider.ports[2525] }
    const more = await selector.openSessionAt(lower)
    expect(more.endpoint).toBe(lower)
    await provider.fault(2525, 'refuse')
    const failed = selector.openSessionAt(lower)
    await expect(failed).rejects.toBeInstanceOf(SessionFailed)
    await expect(failed).rejects.toMatchObject({ failure: { code: 'connect-refused' } })
    expect(selector.usable).toEqual(session.endpoint)
    expect(attempts).toHaveLength(1)
    session.quit()
    more.quit()
  })
})
