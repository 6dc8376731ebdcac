import { describeFailure, diagnoseAttempts, NoUsableEndpointError } from '@postern/core'
import { describe, expect, it } from 'vitest'
import { attemptWith, best, failureAt, FakeMailer, host, second } from '../../test/fake-mailer.ts'
import { ManualClock } from '../../../core/test/manual-clock.ts'
import { EventIds } from './event-ids.ts'
import { Recorder } from './recorder.ts'

function recording(limits = { events: 1_000, failures: 50 }) {
  const clock = new ManualClock()
  const mailer = new FakeMailer()
  let changes = 0
  const ids = new EventIds(clock)
  const recorder = new Recorder(mailer, { limits, ids, clock, onChange: () => (changes += 1) })
  return { clock, mailer, ids, recorder, changes: () => changes }
}

const refused = failureAt('connect', 'connect-refused')
const rejected = failureAt('rcpt', 'recipient-rejected')

describe('the timeline', () => {
  it('has attempts, changes, exhaustions and sends, with increasing ids and nothing else', () => {
    const { mailer, clock, recorder, changes } = recording()
    mailer.attempt(refused)
    mailer.emit('attempt', attemptWith(undefined, second))
    mailer.current = { endpoint: second, rungs: [{ endpoint: best, status: 'down', failure: refused }, { endpoint: second, status: 'up' }] }
    mailer.emit('fallback', { endpoint: second, previous: best, attempts: [] })
    mailer.exhaust(refused)
    mailer.send()
    mailer.send('unknown', rejected)
    const events = recorder.eventsAfter(0)
    const at = clock.time
    const expected = [
      { kind: 'attempt', at, port: 587, security: 'starttls', outcome: 'failed', ms: 40, stages: [{ stage: 'connect', ms: 1.5 }], code: 'connect-refused' },
      { kind: 'attempt', at, port: 2525, security: 'starttls', outcome: 'used', ms: 40, stages: [{ stage: 'connect', ms: 1.5 }] },
      { kind: 'fallback', at, port: 2525, security: 'starttls', from: 587, code: 'connect-refused' },
      { kind: 'exhausted', at, code: 'connect-refused' },
      { kind: 'send', at, port: 587, outcome: 'accepted', ms: 12 },
      { kind: 'send', at, port: 587, outcome: 'unknown', ms: 12, code: 'recipient-rejected' },
    ]
    expect(events).toEqual(expected.map((event, index) => Object.assign({ id: at + index + 1 }, event)))
    expect(changes()).toBe(6)
  })

  it('has ids that begin with the time, for a page that comes from an older process', () => {
    const { clock, ids } = recording()
    const first = ids.next()
    clock.advance(60_000)
    expect(ids.next()).toBe(clock.time)
    expect(first).toBeLessThan(clock.time)
    clock.time -= 3_600_000
    expect(ids.next()).toBe(ids.last)
    expect(ids.last).toBeGreaterThan(clock.time)
  })

  it('is bounded, and so are the failures', () => {
    const { mailer, recorder } = recording({ events: 100, failures: 5 })
    for (let number = 0; number < 10_000; number += 1) mailer.attempt({ ...refused, message: `${number}` })
    expect(recorder.eventsAfter(0)).toHaveLength(100)
    expect(recorder.failuresIn('en').map(({ message }) => message)).toEqual(['9999', '9998', '9997', '9996', '9995'])
  })
})

describe('the counts', () => {
  it('are exact beyond the limit of the timeline', () => {
    const { mailer, clock, recorder } = recording({ events: 10, failures: 5 })
    for (let count = 0; count < 5_000; count += 1) mailer.send()
    mailer.send('not-accepted', rejected)
    mailer.send('unknown', rejected)
    expect([recorder.sentLastHour, recorder.failedLastDay]).toEqual([5_000, 2])
    clock.advance(3_600_000)
    expect([recorder.sentLastHour, recorder.failedLastDay]).toEqual([0, 2])
    clock.advance(24 * 3_600_000)
    expect(recorder.failedLastDay).toBe(0)
  })
})

describe('the failures', () => {
  it('are counted if they are equal, the newest first, also in turn', () => {
    const { mailer, clock, recorder } = recording()
    const other = failureAt('connect', 'connect-timeout', second)
    for (let round = 0; round < 3; round += 1) {
      clock.advance(1_000)
      mailer.attempt(refused)
      mailer.attempt(other, second)
    }
    const { time: at } = clock
    expect(recorder.failuresIn('en')).toMatchObject([
      { code: 'connect-timeout', port: 2525, at, count: 3 },
      { code: 'connect-refused', port: 587, at, count: 3 },
    ])
    expect(recorder.failuresIn('en')[0]).not.toHaveProperty('delivery')
  })

  it('have one entry for an attempt and the message that failed for it', () => {
    const { mailer, recorder } = recording()
    for (let round = 0; round < 2; round += 1) {
      mailer.attempt(rejected)
      mailer.send('not-accepted', rejected)
    }
    expect(recorder.failuresIn('en')).toMatchObject([{ code: 'recipient-rejected', delivery: 'not-accepted', port: 587, count: 2 }])
    // Another message failed for another reason, although the text is the same.
    mailer.send('unknown', { ...rejected })
    expect(recorder.failuresIn('en')).toMatchObject([{ delivery: 'unknown', count: 1 }, { delivery: 'not-accepted', count: 2 }])
  })

  it('leave out what was only slower or cancelled', () => {
    const { mailer, recorder } = recording()
    mailer.emit('attempt', { ...attemptWith(refused, best), outcome: 'superseded' })
    expect(recorder.failuresIn('en')).toEqual([])
  })

  it('are in any language, also those of a whole ladder', () => {
    const { mailer, recorder } = recording()
    mailer.attempt(refused)
    mailer.emit('exhausted', new NoUsableEndpointError([attemptWith(refused, best)], diagnoseAttempts(host, [attemptWith(refused, best)])))
    mailer.send('not-accepted', rejected)
    for (const locale of ['en', 'de', 'fr'] as const) {
      const [one, ladder] = (['recipient-rejected', 'connect-refused'] as const).map((code) => describeFailure({ code, stage: 'connect' }, best, locale).message)
      expect(recorder.failuresIn(locale)).toMatchObject([
        { code: 'recipient-rejected', message: one, delivery: 'not-accepted' },
        { code: 'no-usable-endpoint', message: ladder },
        { code: 'connect-refused', message: ladder, port: 587 },
      ])
    }
  })

  it('contain no reply of a server', () => {
    const { mailer, recorder } = recording()
    mailer.attempt({ ...refused, replyCode: 554, enhancedCode: '5.7.1', systemCode: 'ECONNREFUSED', sourceCode: 'x' })
    expect(Object.keys(recorder.failuresIn('en')[0]!).sort()).toEqual(['advice', 'at', 'code', 'count', 'message', 'port', 'stage'])
  })
})

it('removes its listeners', () => {
  const { mailer, recorder, changes } = recording()
  recorder.stop()
  mailer.send()
  expect(mailer.eventNames()).toEqual([])
  expect(changes()).toBe(0)
})
