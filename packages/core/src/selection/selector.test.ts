import { once } from 'node:events'
import { startProvider, type Fault, type Provider, type ProviderOptions } from '@postern/testing'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { ca, trusted } from '../../test/certificates.ts'
import { deferred } from '../../test/deferred.ts'
import { ManualClock } from '../../test/manual-clock.ts'
import { expectNoLeaks } from '../../test/expect-no-leaks.ts'
import { type Peer, serve, upToTls } from '../../test/scripted-server.ts'
import type { Failure } from '../failure/failure.ts'
import { NoUsableEndpointError } from './no-usable-endpoint-error.ts'
import { createEndpointSelector } from './selector.ts'
import type { OpenConnection, SelectorOptions } from './selector-state.ts'

let provider: Provider
let clock: ManualClock
let heard: string[]

beforeEach(() => {
  clock = new ManualClock()
  heard = []
})
afterEach(() => provider?.close())

const ports = () => provider.ports

async function selectorWith(faults: ProviderOptions['faults'] = {}, options: SelectorOptions = {}) {
  provider = await startProvider({ faults })
  const selector = createEndpointSelector(provider.settings, {
    clock,
    // These faults fail immediately, so that a busy machine does not start a rung too early.
    timing: { attemptDelay: 60_000, preferenceGrace: 60_000 },
    budgets: { connect: 2_000, greeting: 2_000, tls: 2_000, reply: 2_000 },
    ...options,
  })
  for (const event of ['selected', 'fallback', 'recovered'] as const) {
    selector.on(event, ({ endpoint, previous }) => heard.push(`${event} ${nominal(previous?.port)}>${nominal(endpoint.port)}`))
  }
  selector.on('exhausted', ({ attempts }) => heard.push(`exhausted ${attempts.length}`))
  onTestFinished(() => selector.close())
  return selector
}

function nominal(port: number | undefined): string {
  return Object.entries(provider.ports).find(([, real]) => real === port)?.[0] ?? '-'
}

function hangUp(...connections: readonly OpenConnection[]): void {
  for (const { socket } of connections) socket.destroy()
}

/** Normal replies up to TLS. */
async function healthy(peer: Peer): Promise<void> {
  await upToTls(peer)
  await peer.secure(trusted)
}

async function rejection(promise: Promise<unknown>): Promise<NoUsableEndpointError> {
  const error: unknown = await promise.then(
    () => expect.unreachable('it did not reject'),
    (error: unknown) => error,
  )
  expect(NoUsableEndpointError.isInstance(error)).toBe(true)
  return error as NoUsableEndpointError
}

describe('connect()', () => {
  it('returns a TLS connection after the greeting', async () => {
    const selector = await selectorWith()
    const connection = await selector.connect()
    expect(connection).toMatchObject({ endpoint: { port: ports()[587], security: 'starttls' }, greeting: expect.stringContaining('mail.postern.test') })
    connection.socket.write('EHLO app.example.com\r\n')
    const [chunk] = (await once(connection.socket, 'data')) as [Buffer]
    expect(chunk.toString()).toMatch(/^250-/)
    hangUp(connection)
  })

  it('connects to the selected endpoint directly', async () => {
    const selector = await selectorWith({ 587: 'refuse' })
    hangUp(await selector.connect())
    await provider.heal(587)
    const connections = await Promise.all([selector.connect(), selector.connect()])
    expect(connections.map(({ attempts }) => attempts.length)).toEqual([1, 1])
    expect(provider.connections).toMatchObject({ 587: 0, 2525: 3, 465: 0 })
    hangUp(...connections)
  })

  it('makes one race for a hundred callers, which all use its result', async () => {
    // A hundred handshakes at both ends in one process: no timeout.
    const selector = await selectorWith({ 587: 'no-starttls' }, { budgets: {} })
    const connections = await Promise.all(Array.from({ length: 100 }, () => selector.connect()))
    expect(provider.connections).toMatchObject({ 587: 1, 2525: 100, 465: 0 })
    expect(heard).toEqual(['selected ->2525', 'fallback ->2525'])
    hangUp(...connections)
  })

  it('makes one race for a hundred callers, which all get its error', async () => {
    const selector = await selectorWith({ 587: 'no-starttls', 2525: 'bad-banner', 465: 'greeting-rejected' })
    const errors = await Promise.all(Array.from({ length: 100 }, () => rejection(selector.connect())))
    expect(new Set(errors)).toHaveProperty('size', 1)
    expect(provider.connections).toMatchObject({ 587: 1, 2525: 1, 465: 1 })
    expect(heard).toEqual(['exhausted 3'])
  })

  it('starts a new race for callers after a failed one', async () => {
    const selector = await selectorWith({ 587: 'bad-banner', 2525: 'bad-banner', 465: 'bad-banner' })
    await rejection(selector.connect())
    await provider.heal(587)
    hangUp(await selector.connect())
    expect(heard).toEqual(['exhausted 3', 'selected ->587'])
  })

  it('rejects one caller at its signal or deadline, while the others continue to wait', async () => {
    const selector = await selectorWith({ 587: 'silent' }, { timing: { attemptDelay: 200, preferenceGrace: 50 } })
    const controller = new AbortController()
    const deciding = selector.connect()
    const impatient = rejection(selector.connect({ deadline: 5 }))
    const aborted = rejection(selector.connect({ signal: controller.signal }))
    const chosen = rejection(selector.choose({ deadline: 5 }))
    controller.abort()
    expect((await aborted).diagnosis.code).toBe('aborted')
    expect((await impatient).diagnosis.code).toBe('deadline')
    expect((await chosen).diagnosis.code).toBe('deadline')
    const connection = await deciding
    expect(connection.endpoint.port).toBe(ports()[2525])
    expect(heard).toEqual(['selected ->2525', 'fallback ->2525'])
    hangUp(connection)
  })

  it('starts another race if the caller that started the first one aborts', async () => {
    const selector = await selectorWith({ 587: 'silent' }, { timing: { attemptDelay: 60, preferenceGrace: 20 } })
    const controller = new AbortController()
    const deciding = rejection(selector.connect({ signal: controller.signal }))
    const others = Promise.all([selector.connect(), selector.connect()])
    controller.abort()
    expect((await deciding).diagnosis.code).toBe('aborted')
    const connections = await others
    expect(connections.map(({ endpoint }) => endpoint.port)).toEqual([ports()[2525], ports()[2525]])
    expect(heard).not.toContain(expect.stringContaining('exhausted'))
    hangUp(...connections)
  })

  it('respects avoid, without emitting exhausted', async () => {
    const selector = await selectorWith()
    const all = provider.settings.candidates.map((candidate) => ({ host: provider.host, ...candidate }))
    const connection = await selector.connect({ avoid: all.slice(0, 2) })
    expect(connection.endpoint.port).toBe(ports()[465])
    await rejection(selector.connect({ avoid: all }))
    expect(heard.filter((event) => event.startsWith('exhausted'))).toEqual([])
    hangUp(connection)
  })

  it('leaves only the returned connections open', async () => {
    const selector = await selectorWith({ 587: 'silent' }, { timing: { attemptDelay: 10, preferenceGrace: 20 } })
    const connections = await expectNoLeaks(async () => {
      const connections = await Promise.all([selector.connect(), selector.connect()])
      hangUp(...connections)
      return connections
    })
    expect(connections.map(({ endpoint }) => nominal(endpoint.port))).not.toContain('587')
  })
})

describe('choose()', () => {
  it('makes no connection if an endpoint is selected', async () => {
    const selector = await selectorWith()
    const [first, second] = await Promise.all([selector.choose(), selector.choose()])
    expect(first.connection).toBeDefined()
    expect(second).toEqual({ endpoint: first.endpoint })
    expect(provider.connections[587]).toBe(1)
    hangUp(first.connection!)
  })
})

describe('the events', () => {
  it('are selected, fallback, recovered and exhausted, with the previous and the new endpoint', async () => {
    const selector = await selectorWith()
    hangUp(await selector.connect())
    await provider.fault(587, 'refuse')
    hangUp(await selector.connect())
    await provider.fault(2525, 'refuse')
    hangUp(await selector.connect())
    await provider.fault(465, 'refuse')
    await rejection(selector.connect())
    await provider.heal(587)
    hangUp(await selector.connect())
    expect(heard).toEqual(['selected ->587', 'fallback 587>2525', 'fallback 2525>465', 'exhausted 3', 'recovered 465>587'])
  })

  it('have the attempts that led to them', async () => {
    const selector = await selectorWith({ 587: 'bad-certificate' })
    const told = once(selector, 'fallback') as Promise<[{ attempts: { outcome: string; failure?: Failure }[] }]>
    hangUp(await selector.connect())
    const [{ attempts }] = await told
    expect(attempts).toMatchObject([{ outcome: 'failed', failure: { code: 'certificate-untrusted' } }, { outcome: 'used' }])
  })
})

describe('every attempt', () => {
  /** Rungs that fail immediately or later, and the expected events. */
  const ladders: readonly (readonly [name: string, faults: ProviderOptions['faults'], outcome: readonly string[]])[] = [
    ['the first works', {}, ['connecting 587', 'used 587', 'selected ->587']],
    ['one refuses', { 587: 'refuse' }, ['connecting 587', 'failed 587', 'connecting 2525', 'used 2525', 'selected ->2525', 'fallback ->2525']],
    ['one fails on the way to TLS', { 587: 'bad-certificate' }, ['connecting 587', 'failed 587', 'connecting 2525', 'used 2525', 'selected ->2525', 'fallback ->2525']],
    [
      'none works',
      { 587: 'refuse', 2525: 'bad-certificate', 465: 'refuse' },
      ['connecting 587', 'failed 587', 'connecting 2525', 'failed 2525', 'connecting 465', 'failed 465', 'exhausted 3'],
    ],
  ]

  it.each(ladders)('is emitted in order, and before its consequences: %s', async (_, faults, told) => {
    const selector = await selectorWith(faults)
    selector.on('connecting', ({ port }) => heard.push(`connecting ${nominal(port)}`))
    selector.on('attempt', ({ endpoint, outcome }) => heard.push(`${outcome} ${nominal(endpoint.port)}`))
    await selector.connect().then(hangUp, () => {})
    expect(heard).toEqual(told)
  })

  it('is described in English if the language is unknown', async () => {
    const selector = await selectorWith({ 587: 'refuse' }, { locale: 'de-DE' as 'de' })
    selector.on('attempt', ({ failure }) => heard.push(failure?.message ?? ''))
    hangUp(await selector.connect())
    expect(heard[0]).toMatch(/ refused the connection\.$/)
  })

  it('ends even if a test of an app uses fake timers', async () => {
    const selector = await selectorWith({ 587: 'refuse', 2525: 'refuse', 465: 'refuse' })
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    expect((await rejection(selector.connect())).attempts).toHaveLength(3)
  })

  it('is not emitted if the work was aborted before', async () => {
    const selector = await selectorWith()
    selector.on('connecting', ({ port }) => heard.push(`connecting ${nominal(port)}`))
    await rejection(selector.connect({ signal: AbortSignal.abort() }))
    expect(heard).toEqual([])
  })

  it('is emitted after the next one has started', async () => {
    const selector = await selectorWith({ 587: 'refuse', 2525: 'silent' })
    selector.on('attempt', ({ outcome, failure }) => heard.push(`${outcome}: ${failure?.message}`))
    const caller = new AbortController()
    const connecting = selector.connect({ signal: caller.signal })
    await once(selector, 'attempt')
    expect(heard).toEqual([`failed: The server 127.0.0.1:${ports()[587]} refused the connection.`])
    caller.abort()
    await rejection(connecting)
  })
})

/** A selector that has fallen back to 2525, with the first check scheduled. */
async function fallen(options: SelectorOptions = {}) {
  const selector = await selectorWith({ 587: 'bad-banner' }, options)
  hangUp(await selector.connect())
  return selector
}

/** Fires the timer, and waits until 587 was checked and the next check is scheduled. */
async function look(): Promise<void> {
  clock.advance(clock.waits[0]!)
  while (clock.waits.length === 0) await new Promise((resolve) => setImmediate(resolve))
}

/** The next uncaught exception, which would fail the run. */
async function nextUncaught(): Promise<unknown> {
  const listeners = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  try {
    return await new Promise((resolve) => process.once('uncaughtException', resolve))
  } finally {
    for (const listener of listeners) process.on('uncaughtException', listener)
  }
}

describe('a listener that throws', () => {
  const fault = new Error('a fault of the listener')
  const throwing = () => {
    throw fault
  }

  it.each(['selected', 'fallback'] as const)('at "%s" fails the current call, whose connection is closed', async (event) => {
    const selector = await selectorWith({ 587: 'no-starttls' })
    selector.on(event, throwing)
    await expectNoLeaks(() => expect(selector.connect()).rejects.toBe(fault))
    expect(provider.connections).toMatchObject({ 587: 1, 2525: 1, 465: 0 })
    // The endpoint was selected nevertheless, and the next caller gets a connection.
    expect(selector.state()).toMatchObject({ endpoint: { port: ports()[2525] }, lastFallback: { endpoint: { port: ports()[2525] } } })
    hangUp(await selector.connect())
  })

  it('at "recovered" does so too', async () => {
    const selector = await selectorWith({ 587: 'refuse' })
    selector.on('recovered', throwing)
    const { endpoint, socket } = await selector.connect()
    socket.destroy()
    await provider.heal(587)
    selector.reportFailure(endpoint, { code: 'connection-lost', stage: 'mail', message: '', advice: '' })
    await expectNoLeaks(() => expect(selector.connect()).rejects.toBe(fault))
    expect(selector.endpoint?.port).toBe(ports()[587])
  })

  it('fails an examination too, without leaks', async () => {
    const selector = await selectorWith()
    selector.once('selected', throwing)
    await expectNoLeaks(() => expect(selector.examine()).rejects.toBe(fault))
    expect((await selector.examine()).port).toBe(ports()[587])
  })

  it('does not fail callers that wait for the selection', async () => {
    const selector = await selectorWith()
    selector.once('selected', throwing)
    const [first, second] = await Promise.allSettled([selector.connect(), selector.connect()])
    expect(first).toEqual({ status: 'rejected', reason: fault })
    if (second.status === 'rejected') throw second.reason
    hangUp(second.value)
  })

  it('does not affect a background check, and is an uncaught exception there', async () => {
    const selector = await selectorWith({ 587: 'refuse' })
    selector.on('recovered', throwing)
    hangUp(await selector.connect())
    await provider.heal(587)
    const uncaught = nextUncaught()
    clock.advance(clock.waits[0]!)
    expect(await uncaught).toBe(fault)
    const { endpoint, socket } = await selector.connect()
    expect(endpoint.port).toBe(ports()[587])
    socket.destroy()
  })
})

describe('on a lower rung', () => {
  it('checks the better ones after 60 s, then doubles the interval up to 15 minutes', async () => {
    await fallen()
    const waits: (number | undefined)[] = []
    for (let round = 0; round < 6; round += 1) {
      waits.push(clock.waits[0])
      expect(clock.waits).toHaveLength(1)
      await look()
    }
    expect([...waits, clock.waits[0]]).toEqual([60, 120, 240, 480, 900, 900, 900].map((s) => s * 1000))
    expect(provider.connections[587]).toBe(1 + 6)
    expect(provider.connections[2525]).toBe(1)
  })

  it.each([
    [0, 48_000],
    [0.25, 54_000],
    [0.999_999, 72_000],
  ])('has a jitter of 20 % (random number %d: %d ms)', async (chance, wait) => {
    clock.randomValue = chance
    const selector = await fallen()
    expect(clock.waits[0]).toBeCloseTo(wait, -2)
    expect(selector.state().nextCheckAt?.getTime()).toBe(Math.trunc(clock.time + clock.waits[0]!))
  })

  it('returns to 587 by itself once it opens, tells so, and stops looking', async () => {
    const selector = await fallen()
    await look()
    await provider.heal(587)
    const recovered = once(selector, 'recovered')
    clock.advance(clock.waits[0]!)
    await recovered
    expect(selector.endpoint?.port).toBe(ports()[587])
    expect(clock.waits).toEqual([])
    expect(selector.state()).not.toHaveProperty('nextCheckAt')
    expect(heard).toEqual(['selected ->2525', 'fallback ->2525', 'recovered 2525>587'])
    const connection = await selector.connect()
    expect(connection.endpoint.port).toBe(ports()[587])
    hangUp(connection)
  })

  it('does not return on the word of a look that 587 has belied meanwhile, but at the next one', async () => {
    const selector = await fallen()
    await provider.heal(587)
    const looked = once(selector, 'attempt')
    clock.advance(clock.waits[0]!)
    selector.reportFailure({ ...selector.state().rungs[0]!.endpoint }, { code: 'connection-lost', stage: 'mail', message: '', advice: '' })
    await looked
    while (clock.waits.length === 0) await new Promise((resolve) => setImmediate(resolve))
    expect(selector.endpoint?.port).toBe(ports()[2525])
    expect(selector.state().rungs[0]).toMatchObject({ status: 'down', failure: { code: 'connection-lost' } })
    const recovered = once(selector, 'recovered')
    clock.advance(clock.waits[0]!)
    await recovered
    expect(selector.endpoint?.port).toBe(ports()[587])
  })

  it('does not return to a 587 that greets again but offers no login', async () => {
    const selector = await fallen()
    await provider.fault(587, 'auth-not-offered')
    await look()
    expect(selector.endpoint?.port).toBe(ports()[2525])
    expect(selector.state().rungs[0]).toMatchObject({ status: 'down', failure: { code: 'auth-not-offered' } })
  })

  it('looks no longer than a race would wait, however much time there is', async () => {
    const hour = 3_600_000
    const selector = await fallen({
      deadline: hour,
      timing: { attemptDelay: 60_000, preferenceGrace: 50 },
      budgets: { connect: hour, greeting: hour, tls: hour, reply: hour },
    })
    await provider.fault(587, 'silent')
    await look()
    expect(selector.state().rungs[0]).toMatchObject({ status: 'down', failure: { code: 'greeting-timeout' } })
  })

  it('never logs in to look', async () => {
    const selector = await fallen()
    await provider.heal(587)
    const recovered = once(selector, 'recovered')
    clock.advance(clock.waits[0]!)
    await recovered
    expect(provider.logins).toEqual([])
  })

  it('has one look in flight, and traffic does not wait for it', async () => {
    const selector = await fallen()
    await provider.fault(587, 'silent')
    clock.advance(clock.waits[0]!)
    while (provider.connections[587] < 2) await new Promise((resolve) => setImmediate(resolve))
    clock.advance(3_600_000)
    expect(clock.waits).toEqual([])
    const connection = await selector.connect()
    expect(connection.endpoint.port).toBe(ports()[2525])
    expect(connection.attempts).toHaveLength(1)
    expect(provider.connections[587]).toBe(2)
    hangUp(connection)
  })

  it('does not go down again on a look that ends after traffic has found its way further up', async () => {
    // The best one: closed at first, silent during the check, then normal.
    let visits = 0
    await using best = await serve(async (peer) => {
      visits += 1
      if (visits === 1) return peer.reset()
      if (visits > 2) await healthy(peer)
      await peer.gone
    })
    // The middle one: closed at first, and slow during the check.
    const answer = deferred()
    await using middle = await serve(async (peer) => {
      if (middle.peers.length === 1) return peer.reset()
      await healthy(peer)
      await peer.hear()
      await peer.fallSilent(answer.promise)
      peer.say('250 mail.example.com\r\n')
      await peer.gone
    })
    await using last = await serve(async (peer) => {
      await healthy(peer)
      await peer.gone
    })
    const candidates = [best, middle, last].map(({ port }) => ({ port, security: 'starttls' as const }))
    const selector = createEndpointSelector(
      { host: '127.0.0.1', tls: { ca }, candidates },
      { clock, timing: { attemptDelay: 10, preferenceGrace: 20 } },
    )
    const changes: number[] = []
    for (const event of ['selected', 'fallback', 'recovered'] as const) selector.on(event, ({ endpoint }) => changes.push(endpoint.port))

    const first = await selector.connect()
    expect(first.endpoint.port).toBe(last.port)
    clock.advance(clock.waits[0]!)
    while (middle.peers.length < 2) await new Promise((resolve) => setImmediate(resolve))
    await middle.peers[1]?.silence
    selector.reportFailure(first.endpoint, { code: 'connection-lost', stage: 'mail', message: '', advice: '' })
    const second = await selector.connect({ avoid: [first.endpoint, { ...first.endpoint, port: middle.port }] })
    expect(second.endpoint.port).toBe(best.port)
    answer.resolve()
    await middle.peers[1]?.gone
    expect(selector.endpoint?.port).toBe(best.port)
    expect(changes).toEqual([last.port, last.port, best.port])
    hangUp(first, second)
    selector.close()
  })

  it('stops looking on close(), in the middle of a look too, and does not begin again', async () => {
    const selector = await fallen()
    await provider.fault(587, 'silent')
    clock.advance(clock.waits[0]!)
    while (provider.connections[587] < 2) await new Promise((resolve) => setImmediate(resolve))
    await expectNoLeaks(async () => selector.close())
    expect(clock.waits).toEqual([])
    const connection = await selector.connect()
    expect(connection.endpoint.port).toBe(ports()[2525])
    expect(clock.waits).toEqual([])
    hangUp(connection)
  })

  it('plans no look at all with an infinite wait', async () => {
    const selector = await fallen({ recheck: { initial: Infinity } })
    expect(clock.waits).toEqual([])
    expect(selector.state()).not.toHaveProperty('nextCheckAt')
  })
})

describe('examine()', () => {
  it('logs in once, and proves the endpoint again and again without that', async () => {
    const selector = await selectorWith()
    for (let round = 0; round < 3; round += 1) expect((await selector.examine()).port).toBe(ports()[587])
    expect(provider.logins).toMatchObject([{ ok: true, secure: true }])
    expect(selector.state().lastSuccess).toEqual({ endpoint: selector.endpoint, at: new Date(clock.time), by: 'probe' })
  })

  it('lets a refused login rest for an hour, and then tries once more', async () => {
    const selector = await selectorWith({ 587: 'auth-rejected' })
    const first = await rejection(selector.examine())
    expect(first.diagnosis.code).toBe('auth-rejected')
    clock.advance(3_599_999)
    expect(await rejection(selector.examine())).toBe(first)
    expect(provider.logins).toHaveLength(1)
    expect(provider.connections).toMatchObject({ 587: 1, 2525: 0, 465: 0 })
    clock.advance(1)
    expect(await rejection(selector.examine())).not.toBe(first)
    expect(provider.logins).toHaveLength(2)
  })

  it('lets a refused token rest for five minutes where a function gives it, which may have another one then', async () => {
    provider = await startProvider()
    const { user, pass } = provider.auth
    const tokens = ['old', 'older', pass]
    const auth = { user, accessToken: () => tokens.shift()! }
    const selector = createEndpointSelector({ ...provider.settings, auth }, { clock })
    onTestFinished(() => selector.close())
    const first = await rejection(selector.examine())
    expect(first.diagnosis.code).toBe('auth-rejected')
    clock.advance(299_999)
    expect(await rejection(selector.examine())).toBe(first)
    clock.advance(1)
    await selector.examine()
    expect(provider.logins.map(({ ok }) => ok)).toEqual([false, false, true])
  })

  it('lets a login rest that was refused in traffic', async () => {
    const selector = await selectorWith()
    const connection = await selector.connect()
    hangUp(connection)
    selector.reportFailure(connection.endpoint, refusedLogin)
    const { diagnosis } = await rejection(selector.examine())
    expect(diagnosis).toMatchObject({ code: 'auth-rejected', message: refusedLogin.message })
    expect(provider.logins).toEqual([])
    selector.reportDelivery(connection.endpoint)
    await selector.examine()
    expect(provider.logins).toEqual([])
  })

  it('is still to be tested after a message that had a login of its own', async () => {
    const selector = await selectorWith()
    const connection = await selector.connect()
    hangUp(connection)
    selector.reportDelivery(connection.endpoint, false)
    expect(selector.state().lastSuccess).toMatchObject({ endpoint: connection.endpoint, by: 'traffic' })
    await selector.examine()
    expect(provider.logins).toMatchObject([{ ok: true }])
  })

  it('does not take a passing fault of the login for a refusal', async () => {
    const selector = await selectorWith({ 587: 'auth-temporary' })
    expect((await rejection(selector.examine())).diagnosis.code).toBe('auth-temporary')
    await provider.heal(587)
    await selector.examine()
    expect(provider.logins.map(({ ok }) => ok)).toEqual([false, true])
  })
})

const refusedLogin: Failure = { code: 'auth-rejected', stage: 'auth', message: 'No.', advice: 'Try another.', replyCode: 535 }

describe('reports to the selector', () => {
  it('of a delivery counts as success by traffic', async () => {
    const selector = await selectorWith()
    const connection = await selector.connect()
    hangUp(connection)
    selector.reportDelivery(connection.endpoint)
    expect(selector.state().lastSuccess).toEqual({ endpoint: connection.endpoint, at: new Date(clock.time), by: 'traffic' })
    await selector.examine()
    expect(provider.logins).toEqual([])
  })

  it('of a failure makes it choose anew', async () => {
    const selector = await selectorWith()
    const { endpoint, socket } = await selector.connect()
    socket.destroy()
    const failure: Failure = { code: 'connection-lost', stage: 'mail', message: 'Lost.', advice: 'Wait.' }
    selector.reportFailure(endpoint, failure)
    expect(selector.endpoint).toBeUndefined()
    expect(selector.state().rungs[0]).toMatchObject({ status: 'down', failure, triedAt: new Date(clock.time) })
    await provider.fault(587, 'refuse')
    const next = await selector.connect()
    expect(next.endpoint.port).toBe(ports()[2525])
    hangUp(next)
  })

  it('of a failure elsewhere leaves the choice alone', async () => {
    const selector = await selectorWith()
    const { endpoint, socket } = await selector.connect()
    socket.destroy()
    selector.reportFailure({ ...endpoint, port: ports()[2525] }, { code: 'connection-lost', stage: 'mail', message: '', advice: '' })
    expect(selector.endpoint).toEqual(endpoint)
  })
})

describe('state()', () => {
  it('has every rung, best first, with its status, cause and certificate', async () => {
    const selector = await selectorWith({ 587: 'tls-outdated' })
    expect(selector.state().rungs.map(({ status }) => status)).toEqual(['untried', 'untried', 'untried'])
    hangUp(await selector.connect())
    const { endpoint, rungs } = selector.state()
    expect(endpoint?.port).toBe(ports()[2525])
    expect(rungs).toMatchObject([
      { status: 'down', failure: { code: 'tls-version' }, triedAt: new Date(clock.time) },
      { status: 'up', tls: { protocol: 'TLSv1.3', verified: true } },
      { status: 'untried' },
    ])
  })

  it('has the time since when the endpoint is in use', async () => {
    const selector = await selectorWith()
    expect(selector.state()).not.toHaveProperty('inUseSince')
    const selected = new Date(clock.time)
    hangUp(await selector.connect())
    clock.advance(60_000)
    hangUp(await selector.connect())
    await selector.examine()
    expect(selector.state().inUseSince).toEqual(selected)
    selector.reportFailure(selector.endpoint!, { code: 'connection-lost', stage: 'mail', message: '', advice: '' })
    expect(selector.state()).not.toHaveProperty('inUseSince')
    hangUp(await selector.connect())
    expect(selector.state().inUseSince).toEqual(new Date(clock.time))
  })

  it('has the refusal of the login, until it is accepted or may be repeated', async () => {
    const selector = await selectorWith({ 587: 'auth-rejected' })
    const { diagnosis } = await rejection(selector.examine())
    expect(selector.state().refusedLogin).toEqual(diagnosis)
    clock.advance(3_600_000)
    expect(selector.state()).not.toHaveProperty('refusedLogin')
    await rejection(selector.examine())
    expect(selector.state()).toHaveProperty('refusedLogin')
    selector.reportDelivery({ ...provider.settings, port: ports()[587], security: 'starttls' })
    expect(selector.state()).not.toHaveProperty('refusedLogin')
  })

  it('has the reason why no endpoint works, until one does', async () => {
    const selector = await selectorWith({ 587: 'refuse', 2525: 'refuse', 465: 'refuse' })
    const { diagnosis } = await rejection(selector.connect())
    expect(selector.state().exhausted).toEqual({ at: new Date(clock.time), diagnosis })
    await provider.heal(2525)
    hangUp(await selector.connect())
    expect(selector.state()).not.toHaveProperty('exhausted')
  })

  it('has a certificate as it was when it was seen, however late it is looked at', async () => {
    const selector = await selectorWith()
    const seen = clock.time
    hangUp(await selector.connect())
    clock.time += 48 * 3_600_000
    const { tls } = selector.state().rungs[0]!
    expect(tls?.certificate.daysLeft).toBe(Math.floor((tls!.certificate.validTo.getTime() - seen) / (24 * 3_600_000)))
    expect(selector.state().rungs[0]!.tls).toBe(tls)
  })

  it('keeps the certificate it has seen when the rung fails', async () => {
    const selector = await selectorWith()
    hangUp(await selector.connect())
    await provider.fault(587, 'refuse')
    hangUp(await selector.connect())
    expect(selector.state().rungs[0]).toMatchObject({ status: 'down', failure: { code: 'connect-refused' }, tls: { verified: true } })
  })

  it('holds no secret', async () => {
    const selector = await selectorWith({ 587: 'auth-echo' as Fault })
    await rejection(selector.examine())
    expect(JSON.stringify(selector.state())).not.toContain(provider.auth.pass)
  })
})

it('refuses settings that leave nothing to try', () => {
  const settings = { host: 'mail.example.com', security: 'none' } as const
  expect(() => createEndpointSelector(settings)).toThrow(expect.objectContaining({ code: 'invalid-settings' }))
})

it('reaches a server that is alone on its port, without STARTTLS ever being spoken', async () => {
  await using server = await serve(async (peer) => {
    await peer.secure(trusted)
    peer.say('220 mail.example.com\r\n')
    await peer.gone
  })
  const selector = createEndpointSelector({ host: '127.0.0.1', port: server.port, security: 'implicit', tls: { ca } })
  const connection = await selector.connect()
  expect(connection.greeting).toBe('mail.example.com')
  hangUp(connection)
  selector.close()
})

describe('the endpoint that is remembered', () => {
  it('has four times as long to itself as one that is new, before another one starts', async () => {
    const selector = await selectorWith({}, { timing: { attemptDelay: 200, preferenceGrace: 0 }, budgets: { greeting: 500 } })
    hangUp(await selector.connect())
    await provider.fault(587, 'silent')
    const connection = await selector.connect()
    hangUp(connection)
    // If 2525 had started after 200 ms, it would have superseded 587. So 587 timed out after its own 500 ms.
    expect(connection.attempts.map(({ outcome, failure }) => [outcome, failure?.code])).toEqual([
      ['failed', 'greeting-timeout'],
      ['used', undefined],
    ])
  })
})
