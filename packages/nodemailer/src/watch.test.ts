import { subscribe, tracingChannel, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { type Fault, startProvider } from '@postern/testing'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import nodemailer from 'nodemailer'
import { type DiagnosticsMessages, type MessageOutcome, type SendTrace, submissionTransport, type TransportEvents } from './index.ts'
import { catchUncaught } from '@postern/testing/contract'
import { failureOf, letter, mailerFor, modes, unhurried } from '../test/mail.ts'
import { standingClock } from '../test/standing-clock.ts'

const events = ['connecting', 'attempt', 'selected', 'fallback', 'recovered', 'exhausted'] as const satisfies (keyof TransportEvents)[]
type Mailer = ReturnType<typeof mailerFor>

/** Records each event: its name and its port. */
function listenTo(mailer: Mailer): string[] {
  const heard: string[] = []
  mailer.on('connecting', ({ port }) => heard.push(`connecting ${port}`))
  mailer.on('attempt', ({ endpoint, outcome }) => heard.push(`${outcome} ${endpoint.port}`))
  for (const name of ['selected', 'fallback', 'recovered'] as const) mailer.on(name, ({ endpoint }) => heard.push(`${name} ${endpoint.port}`))
  mailer.on('exhausted', () => heard.push('exhausted'))
  return heard
}

/** Records the outcome of each message. */
function hearOutcomes(mailer: Mailer): MessageOutcome[] {
  const heard: MessageOutcome[] = []
  mailer.on('outcome', (message) => heard.push(message))
  return heard
}

/** Records the messages of a channel until the end of the test. */
function hear<Name extends keyof DiagnosticsMessages>(name: Name): DiagnosticsMessages[Name][] {
  const heard: DiagnosticsMessages[Name][] = []
  const listener = (message: unknown) => void heard.push(message as DiagnosticsMessages[Name])
  subscribe(name, listener)
  onTestFinished(() => void unsubscribe(name, listener))
  return heard
}

describe.each(modes)('events, $mode', ({ pool }) => {
  it('are emitted at the start and the end of each attempt', async () => {
    await using provider = await startProvider({ faults: { 587: 'no-starttls' } })
    const { 587: best, 2525: second } = provider.ports
    const mailer = mailerFor(provider.settings, { pool })
    const heard = listenTo(mailer)
    await mailer.sendMail(letter)
    expect(heard).toEqual([`connecting ${best}`, `failed ${best}`, `connecting ${second}`, `used ${second}`, `selected ${second}`, `fallback ${second}`])
  })

  it('are emitted for an attempt that failed during a message', async () => {
    await using provider = await startProvider({ faults: { 587: 'drops-at-mail' } })
    const mailer = mailerFor(provider.settings, { pool })
    const attempts: unknown[] = []
    mailer.on('attempt', ({ endpoint, outcome, failure }) => attempts.push([endpoint.port, outcome, failure?.stage]))
    await mailer.sendMail(letter)
    const { 587: best, 2525: second } = provider.ports
    expect(attempts).toContainEqual([best, 'failed', 'mail'])
    expect(attempts.at(-1)).toEqual([second, 'used', undefined])
  })

  it('include recovered on the same port after an outage', async () => {
    await using provider = await startProvider()
    const mailer = mailerFor(provider.settings, { pool })
    await mailer.sendMail(letter)
    const heard = listenTo(mailer)
    await breakAll(provider, 'refuse')
    await failureOf(mailer.sendMail(letter))
    expect(heard.at(-1)).toBe('exhausted')
    await provider.heal(587)
    await mailer.sendMail(letter)
    expect(heard.at(-1)).toBe(`recovered ${provider.ports[587]}`)
  })

  it('do not affect a message if a listener throws', async () => {
    await using provider = await startProvider({ faults: { 587: 'refuse' } })
    const uncaught = catchUncaught(5)
    const mailer = mailerFor(provider.settings, { pool })
    for (const name of events) {
      mailer.on(name, () => {
        throw new Error(`listener of ${name}`)
      })
    }
    await mailer.sendMail(letter)
    expect(provider.messages).toHaveLength(1)
    expect(new Set(await uncaught)).toEqual(new Set(['connecting', 'attempt', 'selected', 'fallback'].map((name) => `listener of ${name}`)))
  })
})

describe.each(modes)('the event outcome, $mode', ({ pool }) => {
  it('is emitted once for each message, before the caller gets its outcome', async () => {
    await using provider = await startProvider({ faults: { 587: 'drops-at-mail' } })
    const clock = standingClock()
    const mailer = mailerFor(provider.settings, { pool, selection: { clock, ...unhurried } })
    const heard = hearOutcomes(mailer)
    const sent = await Promise.all([mailer.sendMail(letter), mailer.sendMail(letter).finally(() => expect(heard.length).toBeGreaterThan(0))])
    const endpoint = { host: provider.host, port: provider.ports[2525], security: 'starttls' }
    const accepted = { outcome: 'accepted', startedAt: new Date(clock.now()), ms: 0, endpoint }
    expect(heard).toMatchObject([accepted, accepted])
    expect(heard.map(({ messageId }) => messageId).toSorted()).toEqual(sent.map(({ messageId }) => messageId).toSorted())

    await provider.fault(2525, 'recipient-rejected')
    const { code, stage, message, advice, delivery } = await failureOf(mailer.sendMail(letter))
    expect(heard[2]).toMatchObject({ outcome: delivery, endpoint, failure: { code, stage, message, advice } })
    await provider.fault(2525, 'drops-after-body')
    await failureOf(mailer.sendMail(letter))
    expect(heard[3]).toMatchObject({ outcome: 'unknown', endpoint, failure: { code: 'connection-lost' } })
    await breakAll(provider, 'refuse')
    await failureOf(mailer.sendMail(letter))
    expect(heard[4]).toMatchObject({ outcome: 'not-accepted', failure: { code: 'no-usable-endpoint' } })
    expect(heard).toHaveLength(5)
  })

  it('is emitted on the transport as well', async () => {
    await using provider = await startProvider()
    const transport = submissionTransport({ ...provider.settings, pool }, { selection: unhurried })
    onTestFinished(() => transport.close({ force: true }))
    const heard: MessageOutcome[] = []
    transport.on('outcome', (message) => heard.push(message))
    await nodemailer.createTransport(transport).sendMail(letter)
    expect(heard).toMatchObject([{ outcome: 'accepted' }])
  })

  it('is emitted for a message that was aborted, and for one that came after close()', async () => {
    await using provider = await startProvider()
    const mailer = mailerFor(provider.settings, { pool })
    const heard = hearOutcomes(mailer)
    const calling = new AbortController()
    const sending = failureOf(mailer.sendMail({ ...letter, signal: calling.signal }))
    mailer.once('connecting', () => calling.abort())
    await sending
    mailer.close({ force: true })
    await failureOf(mailer.sendMail(letter))
    expect(heard).toMatchObject([
      { outcome: 'not-accepted', failure: { code: 'aborted' } },
      { outcome: 'not-accepted', failure: { code: 'aborted' } },
    ])
  })

  it('contains no secret, no address and no content', async () => {
    await using provider = await startProvider({ users: { 'ada@example.net': 'correct-horse' }, faults: { 587: 'auth-echo' } })
    const mailer = mailerFor(provider.settings, { pool })
    const heard = hearOutcomes(mailer)
    await failureOf(mailer.sendMail(letter))
    const printed = JSON.stringify(heard)
    expect(heard).toHaveLength(1)
    for (const word of ['correct-horse', Buffer.from('correct-horse').toString('base64'), letter.to, letter.from, letter.subject, letter.text, 'ada@']) {
      expect(printed).not.toContain(word)
    }
  })

  it('does not affect a message if a listener throws', async () => {
    await using provider = await startProvider()
    const uncaught = catchUncaught(1)
    const mailer = mailerFor(provider.settings, { pool })
    mailer.on('outcome', () => {
      throw new Error('listener of outcome')
    })
    await mailer.sendMail(letter)
    expect(await uncaught).toEqual(['listener of outcome'])
  })
})

describe('the state', () => {
  it('has every rung with its status, its last failure and its next check', async () => {
    await using provider = await startProvider({ faults: { 587: 'refuse' } })
    const clock = standingClock()
    const mailer = mailerFor(provider.settings, { selection: { clock } })
    await mailer.sendMail(letter)
    const { rungs, nextCheckAt } = mailer.state()
    expect(nextCheckAt).toEqual(new Date(clock.now() + 60_000))
    const failure = { code: 'connect-refused' }
    expect(rungs[0]).toMatchObject({ status: 'down', failure, lastFailure: { at: new Date(clock.now()), failure }, nextCheckAt })
    expect(rungs[1]).toMatchObject({ status: 'up', triedAt: new Date(clock.now()) })
    for (const { nextCheckAt } of rungs.slice(1)) expect(nextCheckAt).toBeUndefined()
    expect(mailer.state().rungs).toEqual(rungs)

    await provider.heal(587)
    const recovered = once(mailer, 'recovered')
    clock.ring()
    await recovered
    const [best] = mailer.state().rungs
    expect(best).toMatchObject({ status: 'up', lastFailure: { failure } })
    expect(best).not.toHaveProperty('failure')
    expect(best).not.toHaveProperty('nextCheckAt')
  })

  it('has a next check for every rung while none is in use', async () => {
    await using provider = await startProvider({ faults: { 587: 'refuse' } })
    const mailer = mailerFor(provider.settings, { selection: { clock: standingClock() } })
    await mailer.sendMail(letter)
    await provider.fault(2525, 'drops-at-mail')
    await provider.fault(465, 'refuse')
    await failureOf(mailer.sendMail(letter))
    const { endpoint, rungs, nextCheckAt } = mailer.state()
    expect(endpoint).toBeUndefined()
    expect(nextCheckAt).toBeInstanceOf(Date)
    for (const rung of rungs) expect(rung).toMatchObject({ status: 'down', nextCheckAt })
  })
})

describe.each(modes)('the metrics, $mode', ({ pool }) => {
  it('count attempts, fallbacks, recoveries and messages per endpoint', async () => {
    await using provider = await startProvider({ faults: { 587: 'refuse' } })
    const clock = standingClock()
    const mailer = mailerFor(provider.settings, { pool, selection: { clock } })
    expect(mailer.metrics().endpoints).toMatchObject([587, 2525, 465].map((port) => ({ endpoint: { port: provider.ports[port as 587] }, status: 'untried', inUse: false })))
    const before = mailer.metrics()
    await mailer.sendMail(letter)
    await provider.fault(2525, 'recipient-rejected')
    await failureOf(mailer.sendMail(letter))
    await provider.fault(2525, 'drops-after-body')
    await failureOf(mailer.sendMail(letter))
    await provider.heal(587)
    const recovered = once(mailer, 'recovered')
    clock.ring()
    await recovered
    await mailer.sendMail(letter)

    const { endpoints: [best, second, third], unroutable, exhausted, pending } = mailer.metrics()
    expect(best).toMatchObject({ status: 'up', inUse: true, fallbacks: 0, recoveries: 1, sends: { accepted: 1, 'not-accepted': 0, unknown: 0 } })
    expect(best!.attempts.failed).toBe(1)
    expect(best!.attempts.used).toBeGreaterThan(0)
    expect(second).toMatchObject({ inUse: false, fallbacks: 1, recoveries: 0, sends: { accepted: 1, 'not-accepted': 1, unknown: 1 } })
    expect(third).toMatchObject({ status: 'untried', attempts: { used: 0, failed: 0 } })
    expect({ unroutable, exhausted, pending }).toEqual({ unroutable: 0, exhausted: 0, pending: 0 })
    // A snapshot does not change.
    expect(before.endpoints[1]!.sends.accepted).toBe(0)
  })

  it('count messages without an endpoint, and pending ones', async () => {
    await using provider = await startProvider()
    await breakAll(provider, 'refuse')
    const mailer = mailerFor(provider.settings, { pool })
    const sending = Promise.all([1, 2].map(() => failureOf(mailer.sendMail(letter))))
    await vi.waitUntil(() => mailer.metrics().pending === 2)
    await sending
    const { endpoints, unroutable, exhausted, pending } = mailer.metrics()
    expect({ unroutable, pending }).toEqual({ unroutable: 2, pending: 0 })
    expect(exhausted).toBeGreaterThan(0)
    for (const { attempts } of endpoints) expect(attempts.failed).toBeGreaterThan(0)
  })
})

describe('the metrics of the pool', () => {
  it('are the queue, the connections, and how many are allowed now', async () => {
    await using provider = await startProvider()
    const mailer = mailerFor(provider.settings, { pool: true, maxConnections: 2 })
    const pool = () => {
      const { queued, pending, connections, maxConnections } = mailer.metrics()
      return { queued, pending, connections, maxConnections }
    }
    expect(pool()).toEqual({ queued: 0, pending: 0, connections: 0, maxConnections: 2 })
    const sending = Promise.all(Array.from({ length: 5 }, () => mailer.sendMail(letter)))
    await vi.waitUntil(() => pool().pending === 5)
    expect(pool()).toMatchObject({ queued: 5, pending: 5 })
    await sending
    expect(pool()).toMatchObject({ queued: 0, pending: 0, maxConnections: 2 })
    expect(pool().connections).toBeOneOf([1, 2])
  })

  it('have no limit without a pool', async () => {
    const mailer = mailerFor({ host: 'smtp.example.com' })
    expect(mailer.metrics()).toMatchObject({ queued: 0, connections: 0, maxConnections: Infinity })
  })
})

describe('the channels', () => {
  it('have the same messages as the events', async () => {
    await using provider = await startProvider({ faults: { 587: 'refuse' } })
    const [connecting, attempts, selected, fallbacks, recovered, exhausted] = events.map((name) => hear(`postern:${name}`))
    const mailer = mailerFor(provider.settings)
    const { 587: best, 2525: second } = provider.ports
    await mailer.sendMail(letter)
    expect(connecting).toMatchObject([{ port: best }, { port: second }])
    expect(attempts).toMatchObject([{ endpoint: { port: best }, outcome: 'failed' }, { endpoint: { port: second }, outcome: 'used' }])
    expect(selected).toMatchObject([{ endpoint: { port: second } }])
    expect(fallbacks).toEqual(selected)
    await breakAll(provider, 'refuse')
    await failureOf(mailer.sendMail(letter))
    expect(exhausted).toMatchObject([{ error: { code: 'no-usable-endpoint' } }])
    await provider.heal(2525)
    await mailer.sendMail(letter)
    expect(recovered).toMatchObject([{ endpoint: { port: second } }])
  })

  it.each(modes)('trace a send from start to end, $mode', async ({ pool }) => {
    await using provider = await startProvider({ faults: { 587: 'drops-at-mail' } })
    const steps: [string, SendTrace][] = []
    const subscribers = Object.fromEntries(
      ['start', 'end', 'asyncStart', 'asyncEnd', 'error'].map((step) => [step, (message: unknown) => steps.push([step, message as SendTrace])]),
    ) as unknown as Parameters<ReturnType<typeof tracingChannel>['subscribe']>[0]
    const sending = tracingChannel('postern:send')
    sending.subscribe(subscribers)
    onTestFinished(() => sending.unsubscribe(subscribers))
    const mailer = mailerFor(provider.settings, { pool })
    const { messageId } = await mailer.sendMail(letter)
    expect(steps.map(([step]) => step)).toEqual(['start', 'end', 'asyncStart', 'asyncEnd'])
    expect(new Set(steps.map(([, context]) => context)).size).toBe(1)
    const endpoint = { port: provider.ports[2525] }
    expect(steps[0]![1]).toMatchObject({ messageId, recipients: 1, outcome: 'accepted', endpoint, attempts: [{ failure: { stage: 'mail' } }] })

    await provider.fault(2525, 'drops-after-body')
    const error = await failureOf(mailer.sendMail(letter))
    expect(steps.slice(4).map(([step]) => step)).toEqual(['start', 'end', 'error', 'asyncStart', 'asyncEnd'])
    expect(steps.at(-1)![1]).toMatchObject({ outcome: 'unknown', endpoint, error })
  })

  it('contain no secret, no e-mail address and no content', async () => {
    await using provider = await startProvider({ users: { 'ada@example.net': 'correct-horse' }, faults: { 587: 'auth-drops', 2525: 'auth-echo' } })
    const names = [...events.map((name) => `postern:${name}` as const), ...(['start', 'end', 'asyncStart', 'asyncEnd', 'error'] as const).map((step) => `tracing:postern:send:${step}` as const)]
    const heard = names.map((name) => hear(name))
    const mailer = mailerFor(provider.settings)
    await failureOf(mailer.sendMail(letter))
    await provider.heal(2525)
    await mailer.sendMail(letter)
    const printed = JSON.stringify(heard)
    expect(heard.flat().length).toBeGreaterThan(10)
    for (const word of ['correct-horse', Buffer.from('correct-horse').toString('base64'), letter.to, letter.from, letter.subject, letter.text, 'ada@']) {
      expect(printed).not.toContain(word)
    }
  })

  it('do not affect a message if a subscriber throws', async () => {
    await using provider = await startProvider({ faults: { 587: 'refuse' } })
    const uncaught = catchUncaught(4)
    const names = ['postern:attempt', 'postern:fallback', 'tracing:postern:send:start', 'tracing:postern:send:asyncEnd']
    for (const name of names) subscribe(name, fail)
    onTestFinished(() => names.forEach((name) => unsubscribe(name, fail)))
    await mailerFor(provider.settings).sendMail(letter)
    expect(provider.messages).toHaveLength(1)
    expect(new Set(await uncaught)).toEqual(new Set(names))
  })
})

function fail(_: unknown, name: string | symbol): void {
  throw new Error(String(name))
}

async function breakAll(provider: Awaited<ReturnType<typeof startProvider>>, fault: Fault): Promise<void> {
  for (const port of [587, 2525, 465] as const) await provider.fault(port, fault)
}
