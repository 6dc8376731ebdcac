import { once } from 'node:events'
import { startProvider } from '@postern/testing'
import { describe, expect, it, vi } from 'vitest'
import { copiesAfter, failureOf, Gate, letter, mailerFor, modes, outcomeOf, unhurried } from '../test/mail.ts'
import { hang, ScriptedServer } from '../test/scripted-server.ts'

const numbered = (count: number) => Array.from({ length: count }, (_, index) => ({ ...letter, subject: `Letter ${index}` }))

/** A clock that stands still until a test moves it to its next timer. */
function handClock() {
  let pending: { readonly at: number; readonly run: () => void } | undefined
  let now = 0
  return {
    now: () => now,
    random: () => 0.5,
    after: (ms: number, run: () => void) => {
      pending = { at: now + ms, run }
      return () => void (pending = undefined)
    },
    strike: () => {
      now = pending?.at ?? now
      pending?.run()
    },
  }
}

describe('a pool', () => {
  it('sends two hundred messages over five connections, each once', async () => {
    await using provider = await startProvider()
    const mailer = mailerFor(provider.settings, { pool: true, maxConnections: 5, maxMessages: 50 })
    const letters = numbered(200)
    await Promise.all(letters.map((one) => mailer.sendMail(one)))
    expect(provider.messages.map(({ subject }) => subject).sort()).toEqual(letters.map(({ subject }) => subject).sort())
    // At least four rounds of fifty messages; a few more if a connection has reached its limit at the end.
    expect(provider.connections[587]).toBeLessThanOrEqual(9)
    expect(new Set(provider.messages.map(({ port }) => port))).toEqual(new Set([587]))
  })

  it('respects a rate limit', async () => {
    await using provider = await startProvider()
    const mailer = mailerFor(provider.settings, { pool: true, maxConnections: 1, rateLimit: 2, rateDelta: 300 })
    await Promise.all(numbered(5).map((one) => mailer.sendMail(one)))
    const [first, , , , fifth] = provider.messages
    expect(provider.messages).toHaveLength(5)
    expect(fifth!.receivedAt.getTime() - first!.receivedAt.getTime()).toBeGreaterThan(300)
  })

  it.each(['refuse', 'no-starttls', 'drops-at-mail', 'auth-not-offered'] as const)(
    'moves its queue to the next port when %s comes over the first one, and back when that is healed',
    async (fault) => {
      await using provider = await startProvider()
      const clock = handClock()
      const mailer = mailerFor(provider.settings, { pool: true, maxConnections: 2, selection: { ...unhurried, clock } })
      const letters = numbered(60)
      const outcomes = Promise.all(letters.map((one) => outcomeOf(mailer.sendMail(one))))
      await provider.waitForMessages(10)
      await provider.fault(587, fault)
      for (const [index, outcome] of (await outcomes).entries()) {
        const copies = provider.messages.filter(({ subject }) => subject === letters[index]!.subject).length
        expect(copiesAfter[outcome], `${outcome}, and there ${copies} times`).toContain(copies)
      }
      // Messages being sent when the port went down may be lost, but not queued ones.
      expect((await outcomes).filter((outcome) => outcome !== 'accepted').length).toBeLessThanOrEqual(2)
      expect(provider.messages.some(({ port }) => port === 2525)).toBe(true)
      expect(mailer.endpoint?.port).toBe(provider.ports[2525])

      await provider.heal(587)
      const recovered = once(mailer, 'recovered')
      clock.strike()
      await recovered
      await mailer.sendMail({ ...letter, subject: 'Home again' })
      expect(provider.messages.at(-1)).toMatchObject({ subject: 'Home again', port: 587 })
    },
  )

  it('has isIdle() and the event idle', async () => {
    await using provider = await startProvider()
    const mailer = mailerFor(provider.settings, { pool: true, maxConnections: 2 })
    await once(mailer, 'idle')
    const letters = numbered(7)
    const sending: Promise<unknown>[] = []
    const feed = () => {
      while (mailer.isIdle() && letters.length > 0) sending.push(mailer.sendMail(letters.shift()!))
    }
    mailer.on('idle', feed)
    feed()
    expect(mailer.isIdle()).toBe(false)
    expect(letters).toHaveLength(5)
    await provider.waitForMessages(7)
    await Promise.all(sending)
    expect(mailer.isIdle()).toBe(true)
  })

  it('rejects queued messages when it is closed, and finishes those in progress', async () => {
    const [begun, returned] = [new Gate(), new Gate()]
    await using server = await ScriptedServer.start({
      end: ({ say }) => {
        begun.open()
        void returned.opened.then(() => say('250 ok'))
      },
    })
    const mailer = mailerFor(server.settings(), { pool: true, maxConnections: 1 })
    const [first, ...waiting] = numbered(3).map((one) => mailer.sendMail(one))
    const errors = Promise.all(waiting.map((one) => failureOf(one)))
    await begun.opened
    mailer.close()
    for (const error of await errors) expect(error).toMatchObject({ code: 'aborted', delivery: 'not-accepted', retryable: true })
    returned.open()
    await expect(first).resolves.toMatchObject({ accepted: [letter.to] })
    expect(server.messages).toHaveLength(1)
    expect(await failureOf(mailer.sendMail(letter))).toMatchObject({ code: 'aborted', delivery: 'not-accepted' })
    expect(server.connections).toBe(1)
  })

  it.each([
    ['MAIL', 'not-accepted'],
    ['end', 'unknown'],
  ] as const)('reports the right outcome when it is closed by force at %s', async (point, delivery) => {
    const there = new Gate()
    await using server = await ScriptedServer.start({ [point]: () => there.open() })
    const mailer = mailerFor(server.settings(), { pool: true })
    const failed = failureOf(mailer.sendMail(letter))
    await there.opened
    mailer.close({ force: true })
    expect(await failed).toMatchObject({ delivery })
    await server.quiet()
  })

  it('does not wait for ever for a silent server', async () => {
    await using server = await ScriptedServer.start({ greeting: hang })
    const selection = { ...unhurried, budgets: { greeting: 300 } }
    const error = await failureOf(mailerFor(server.settings(), { pool: true, selection }).sendMail(letter))
    expect(error).toMatchObject({ code: 'no-usable-endpoint', delivery: 'not-accepted' })
    expect(error.attempts[0]!.failure?.code).toBe('greeting-timeout')
  })
})

describe.each(modes)('a hundred messages at the start, $mode', ({ pool }) => {
  it('share one race', async () => {
    await using provider = await startProvider({ faults: { 587: 'reset' } })
    // Long enough for a hundred handshakes on a busy machine, so that no other port is started.
    const timing = { attemptDelay: 10_000, preferenceGrace: 200 }
    const mailer = mailerFor(provider.settings, { pool, selection: { timing } })
    await Promise.all(numbered(100).map((one) => mailer.sendMail(one)))
    expect(new Set(provider.messages.map(({ subject }) => subject)).size).toBe(100)
    expect(provider.messages).toHaveLength(100)
    expect(provider.connections[587]).toBe(1)
    expect(provider.connections[2525]).toBeLessThanOrEqual(pool ? 5 : 100)
  }, 20_000)

  it('fail together if no port opens', async () => {
    await using provider = await startProvider({ faults: { 587: 'reset', 2525: 'reset', 465: 'reset' } })
    const mailer = mailerFor(provider.settings, { pool })
    let exhausted = 0
    mailer.on('exhausted', () => (exhausted += 1))
    const errors = await Promise.all(numbered(100).map((one) => failureOf(mailer.sendMail(one))))
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['no-usable-endpoint']))
    expect(provider.connections[587]).toBe(1)
    expect(exhausted).toBe(1)
  })

  it('leave no connection open when the transporter is closed', async () => {
    // Resources of earlier tests end by themselves.
    await vi.waitFor(() => expect(open(/TCP|TLS/)).toEqual([]))
    const timers = open(/Timeout/).length
    {
      await using provider = await startProvider({ faults: { 587: 'no-starttls' } })
      const mailer = mailerFor(provider.settings, { pool })
      await Promise.all(numbered(20).map((one) => mailer.sendMail(one)))
      mailer.close()
      expect(provider.messages).toHaveLength(20)
      // Ends by itself: the provider does not close its connections.
      await vi.waitFor(() => expect(open(/TCPSocket|TLS/)).toEqual([]))
    }
    await vi.waitFor(() => expect(open(/TCP|TLS/)).toEqual([]))
    expect(open(/Timeout/).length).toBeLessThanOrEqual(timers)
  })
})

/** What keeps the process alive. */
function open(what: RegExp): string[] {
  return process.getActiveResourcesInfo().filter((name) => what.test(name))
}
