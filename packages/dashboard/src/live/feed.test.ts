import { describeFailure, type Locale } from '@postern/core'
import { describe, expect, it } from 'vitest'
import { best, failureAt, FakeMailer } from '../../test/fake-mailer.ts'
import { ManualClock } from '../../../core/test/manual-clock.ts'
import { EventIds } from '../history/event-ids.ts'
import { Recorder } from '../history/recorder.ts'
import type { DashboardState } from '../state.ts'
import { Feed } from './feed.ts'

function feeding(names: readonly string[] = ['default'], given: { readonly maxStreams?: number; readonly streamLifetime?: number } = {}) {
  const clock = new ManualClock()
  const ids = new EventIds(clock)
  let beats = 0
  const mailers = names.map((name) => ({ name, mailer: new FakeMailer() }))
  const watched = mailers.map(({ name, mailer }) => ({
    name,
    mailer,
    recorder: new Recorder(mailer, { limits: { events: 1_000, failures: 50 }, ids, clock, onChange: () => feed.changed() }),
  }))
  const feed: Feed = new Feed(watched, { ids, clock, maxStreams: 1_000, streamLifetime: Infinity, ...given, onBeat: () => (beats += 1) })
  return { clock, ids, feed, mailer: mailers[0]!.mailer, mailers, beats: () => beats }
}

type Feeding = ReturnType<typeof feeding>

/** Opens a stream, and reads its first state. */
async function open({ feed }: Feeding, after = 0, locale: Locale = 'en') {
  const reader = feed.subscribe(after, locale)!.body.getReader()
  return { reader, first: await read(reader) }
}

type Reader = ReadableStreamDefaultReader<Uint8Array>

/** The next update. */
async function read(reader: Reader): Promise<{ readonly id: number; readonly state: DashboardState; readonly text: Uint8Array }> {
  const { value } = await reader.read()
  const text = new TextDecoder().decode(value)
  if (text.startsWith('event: heartbeat')) return await read(reader)
  const [, id, data] = /^id: (\d+)\ndata: (.*)\n\n$/.exec(text)!
  return { id: Number(id), state: JSON.parse(data!) as DashboardState, text: value! }
}

const eventsOf = ({ state }: { readonly state: DashboardState }) => state.mailers.flatMap(({ events }) => events)

/** Lets the streams take what was enqueued. */
const turn = () => new Promise((resolve) => setImmediate(resolve))

it('finds the id after which there are so many events, over all mailers', () => {
  const fed = feeding(['one', 'other'])
  expect(fed.feed.idBefore(3)).toBe(0)
  for (let count = 0; count < 10; count += 1) fed.mailers[count % 2]!.mailer.send()
  const newest = fed.feed.stateAfter(fed.feed.idBefore(3), 'en').mailers.map(({ events }) => events.length)
  expect(newest.toSorted((one, other) => one - other)).toEqual([1, 2])
  expect(fed.feed.idBefore(10)).toBe(0)
})

describe('a stream', () => {
  it('begins with the state and the events after the given id, also if the id is from another time', async () => {
    const fed = feeding()
    for (let count = 0; count < 3; count += 1) fed.mailer.send()
    const all = eventsOf((await open(fed)).first)
    expect(all).toHaveLength(3)
    const later = (await open(fed, all[1]!.id)).first
    expect(eventsOf(later).map(({ id }) => id)).toEqual([all[2]!.id])
    expect(later.id).toBe(all[2]!.id)
    expect(eventsOf((await open(fed, Number.MAX_SAFE_INTEGER)).first)).toEqual([])
    expect(eventsOf((await open(fed, -1)).first)).toHaveLength(3)
  })

  it('gets each event once, in order, however events, updates and reading alternate', async () => {
    const fed = feeding(['one', 'other'])
    const { reader, first } = await open(fed)
    const got = [...eventsOf(first)]
    for (let round = 0; round < 200; round += 1) {
      for (let count = 0; count <= round % 4; count += 1) fed.mailers[(round + count) % 2]!.mailer.send()
      fed.clock.advance(round % 3 === 0 ? 400 : 1_000)
      await turn()
      if (round % 5 === 0) got.push(...eventsOf(await read(reader)))
    }
    fed.clock.advance(1_000)
    while (got.at(-1)!.id < fed.ids.last) got.push(...eventsOf(await read(reader)).toSorted((a, b) => a.id - b.id))
    expect(new Set(got.map(({ id }) => id)).size).toBe(got.length)
    expect(got).toHaveLength(500)
  })

  it('gets one text that all streams share, once per second at most', async () => {
    const fed = feeding()
    const streams = await Promise.all(Array.from({ length: 100 }, () => open(fed)))
    fed.clock.advance(5_000)
    await turn()
    const before = fed.mailer.reads
    for (let count = 0; count < 10_000; count += 1) fed.mailer.send()
    expect(fed.mailer.reads).toBe(before)
    const reading = streams.map(({ reader }) => read(reader))
    fed.clock.advance(0)
    const updates = await Promise.all(reading)
    expect(new Set(updates.map(({ text }) => text)).size).toBe(1)
    expect(eventsOf(updates[0]!)).toHaveLength(1_000)
    // Once to compare, and once for the text.
    expect(fed.mailer.reads - before).toBe(2)
    for (let count = 0; count < 10; count += 1) fed.mailer.send()
    fed.clock.advance(999)
    expect(fed.mailer.reads - before).toBe(2)
    fed.clock.advance(1)
    expect(fed.mailer.reads - before).toBe(4)
  })

  it('gets one text for each language, which all streams of that language share', async () => {
    const fed = feeding()
    const languages = ['en', 'de', 'fr'] as const
    const streams = await Promise.all(Array.from({ length: 99 }, (_, index) => open(fed, 0, languages[index % 3])))
    fed.clock.advance(1_000)
    await turn()
    const before = fed.mailer.reads
    fed.mailer.send('unknown', failureAt('message', 'reply-timeout'))
    const reading = streams.map(({ reader }) => read(reader))
    fed.clock.advance(1_000)
    const updates = await Promise.all(reading)
    expect(new Set(updates.map(({ text }) => text)).size).toBe(3)
    // Once to compare, and once for each text.
    expect(fed.mailer.reads - before).toBe(4)
    for (const [index, { state }] of updates.entries()) {
      const { message } = describeFailure({ code: 'reply-timeout', stage: 'message' }, best, languages[index % 3]!)
      expect(state.mailers[0]!.failures).toMatchObject([{ code: 'reply-timeout', message }])
    }
  })

  it('costs nothing while nothing happens but a heartbeat', async () => {
    const fed = feeding()
    const streams = await Promise.all(Array.from({ length: 100 }, () => open(fed)))
    expect(fed.clock.pending.size).toBe(1)
    const reading = streams.map(({ reader }) => reader.read())
    const before = fed.mailer.reads
    fed.clock.advance(10_000)
    const beats = await Promise.all(reading)
    expect(new Set(beats.map(({ value }) => new TextDecoder().decode(value)))).toEqual(new Set(['event: heartbeat\ndata: 1\n\n']))
    fed.clock.advance(1_000)
    expect(fed.mailer.reads - before).toBe(1)
    expect(fed.beats()).toBe(1)
  })

  it('is updated when a count of the last hour changes, without an event', async () => {
    const fed = feeding()
    fed.mailer.send()
    const { reader, first } = await open(fed)
    expect(first.state.mailers[0]!.sentLastHour).toBe(1)
    fed.clock.time += 3_600_000 - 10_000
    const beat = reader.read()
    fed.clock.advance(10_000)
    await beat
    const update = read(reader)
    fed.clock.advance(1_000)
    expect((await update).state).toMatchObject({ now: fed.clock.time, mailers: [{ sentLastHour: 0, events: [] }] })
  })

  it('is updated each second while messages are pending, because the queue emits no event', async () => {
    const fed = feeding()
    const { reader } = await open(fed)
    fed.mailer.pool = { ...fed.mailer.pool, pending: 3, queued: 3 }
    fed.mailer.send()
    fed.clock.advance(1_000)
    expect((await read(reader)).state.mailers[0]!.pool).toMatchObject({ queued: 3 })
    fed.mailer.pool = { ...fed.mailer.pool, pending: 1, queued: 0 }
    fed.clock.advance(1_000)
    expect((await read(reader)).state.mailers[0]!.pool).toMatchObject({ queued: 0, pending: 1 })
    fed.mailer.pool = { ...fed.mailer.pool, pending: 0 }
    fed.clock.advance(1_000)
    await read(reader)
    expect(fed.clock.pending.size).toBe(1)
  })

  it('has the current time in its first state, although nothing has changed', async () => {
    const fed = feeding()
    await open(fed)
    fed.clock.advance(1_000)
    expect((await open(fed)).first.state.now).toBe(fed.clock.time)
  })
})

describe('a slow client', () => {
  it('has one text waiting, and skips to the newest state with all events since its last one', async () => {
    const fed = feeding()
    const { reader } = await open(fed)
    fed.mailer.send()
    fed.clock.advance(1_000)
    await turn()
    for (let second = 0; second < 20; second += 1) {
      for (let count = 0; count < 10; count += 1) fed.mailer.send()
      fed.clock.advance(1_000)
      await turn()
    }
    const waiting = await read(reader)
    expect(eventsOf(waiting)).toHaveLength(1)
    const next = await read(reader)
    expect(eventsOf(next)).toHaveLength(200)
    expect(next.state.mailers[0]!.sentLastHour).toBe(201)
  })

  it('stays connected if it takes something between two heartbeats', async () => {
    const fed = feeding()
    const { reader } = await open(fed)
    for (let beat = 0; beat < 10; beat += 1) {
      fed.mailer.send()
      fed.clock.advance(9_000)
      await turn()
      await read(reader)
      await turn()
      fed.mailer.send()
      fed.clock.advance(1_000)
      await turn()
    }
    expect(fed.clock.pending.size).toBeGreaterThan(0)
  })

  it('is disconnected after three heartbeats in which it took nothing', async () => {
    const fed = feeding()
    const { reader } = await open(fed)
    fed.mailer.send()
    fed.clock.advance(1_000)
    await turn()
    for (let beat = 0; beat < 2; beat += 1) fed.clock.advance(10_000)
    expect(fed.clock.pending.size).toBeGreaterThan(0)
    fed.clock.advance(10_000)
    await expect(reader.read()).rejects.toThrow('reads nothing')
    expect(fed.clock.pending.size).toBe(0)
  })
})

describe('the end of a stream', () => {
  it('by the client frees everything at once, with the last one the timers too', async () => {
    const fed = feeding()
    const [one, other] = [await open(fed), await open(fed)]
    fed.mailer.send()
    await one.reader.cancel()
    expect(fed.clock.pending.size).toBe(2)
    await other.reader.cancel()
    expect(fed.clock.pending.size).toBe(0)
    const before = fed.mailer.reads
    for (let count = 0; count < 100; count += 1) fed.mailer.send()
    expect([fed.clock.pending.size, fed.mailer.reads - before]).toEqual([0, 0])
  })

  it('comes after its lifetime, so that it is authorised again', async () => {
    const fed = feeding(['default'], { streamLifetime: 60_000 })
    const { reader } = await open(fed)
    for (let beat = 0; beat < 5; beat += 1) {
      const reading = reader.read()
      fed.clock.advance(10_000)
      expect((await reading).done).toBe(false)
    }
    fed.clock.advance(10_000)
    await reader.read()
    expect((await reader.read()).done).toBe(true)
    expect(fed.clock.pending.size).toBe(0)
  })

  it('comes with close(), after which none opens', async () => {
    const fed = feeding()
    const { reader } = await open(fed)
    fed.feed.close()
    expect((await reader.read()).done).toBe(true)
    expect(fed.feed.subscribe(0, 'en')).toBeUndefined()
    expect(fed.clock.pending.size).toBe(0)
  })
})

it('limits the number of open streams', async () => {
  const fed = feeding(['default'], { maxStreams: 3 })
  const streams = await Promise.all(Array.from({ length: 3 }, () => open(fed)))
  expect(fed.feed.subscribe(0, 'en')).toBeUndefined()
  await streams[0]!.reader.cancel()
  expect(fed.feed.subscribe(0, 'en')).toBeDefined()
})

it('goes on if the clock is set back', async () => {
  const fed = feeding()
  const { reader } = await open(fed)
  fed.mailer.send()
  fed.clock.advance(1_000)
  await read(reader)
  fed.clock.time -= 3_600_000
  fed.mailer.send()
  fed.clock.advance(1_000)
  expect(eventsOf(await read(reader))).toHaveLength(1)
})

describe('the state', () => {
  it('has the health by the rules of core', () => {
    const { feed, mailer } = feeding()
    const failure = failureAt('connect', 'connect-refused')
    const [up, lower] = mailer.current.rungs
    const mailerState = () => feed.stateAfter(0, 'en').mailers[0]!
    expect(mailerState()).toMatchObject({ name: 'default', host: 'smtp.example.com', status: 'pass', inUse: { port: 587, security: 'starttls', since: 0 } })
    mailer.current = { endpoint: lower!.endpoint, inUseSince: new Date(5), rungs: [{ ...up!, status: 'down', failure }, lower!] }
    expect(mailerState()).toMatchObject({ status: 'warn', message: failure.message, advice: failure.advice, inUse: { port: 2525, since: 5 } })
    expect(mailerState().gates).toMatchObject([
      { port: 587, status: 'down', inUse: false, failure: { code: 'connect-refused' } },
      { port: 2525, status: 'up', inUse: true },
    ])
    mailer.current = { endpoint: undefined, exhausted: { at: new Date(0), diagnosis: { code: 'mixed', message: 'No.', advice: 'Wait.' } }, rungs: [] }
    expect(mailerState()).toMatchObject({ status: 'fail', message: 'No.', advice: 'Wait.' })
    mailer.current = { endpoint: undefined, rungs: [up!, lower!].map(({ endpoint }) => ({ endpoint, status: 'untried' as const })) }
    expect(mailerState()).toMatchObject({ status: 'unknown' })
    expect(mailerState()).not.toHaveProperty('inUse')
    expect(mailerState()).not.toHaveProperty('message')
  })

  it('has a gate with its encryption, its certificate, its last and its next try', () => {
    const { feed, mailer, clock } = feeding()
    const certificate = { validTo: new Date(clock.time + 40.5 * 24 * 3_600_000), names: ['mx'], issuer: 'CA' }
    const tls = { protocol: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', verified: true, certificate }
    mailer.current = { endpoint: best, rungs: [{ endpoint: best, status: 'up', triedAt: new Date(7), nextCheckAt: new Date(9), tls }] } as never
    expect(feed.stateAfter(0, 'en').mailers[0]).toMatchObject({
      certificateDays: 40,
      gates: [{ port: 587, triedAt: 7, nextCheckAt: 9, certificateDays: 40, tls: { protocol: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', verified: true } }],
    })
    expect(Object.keys(feed.stateAfter(0, 'en').mailers[0]!.gates[0]!.tls!)).toEqual(['protocol', 'cipher', 'verified'])
  })

  it('is JSON without null, also without a limit of connections', () => {
    const { feed, mailer } = feeding()
    mailer.pool = { queued: 0, pending: 7, connections: 4, maxConnections: Infinity }
    expect(feed.stateAfter(0, 'en').mailers[0]!.pool).toEqual({ queued: 0, pending: 7, connections: 4, maxConnections: 7 })
    expect(JSON.stringify(feed.stateAfter(0, 'en'))).not.toContain('null')
  })
})
