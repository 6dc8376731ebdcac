import { EventEmitter, once } from 'node:events'
import { type Fault, startProvider } from '@postern/testing'
import { describe, expect, it } from 'vitest'
import { copiesAfter, letter, mailerFor, modes, type Outcome, outcomeOf, quick } from '../test/mail.ts'

/** Everything that a port may do to a message without being slow about it. */
const weather: readonly (Fault | 'fair')[] = [
  'fair',
  'fair',
  'fair',
  'fair',
  'fair',
  'refuse',
  'reset',
  'no-starttls',
  'greeting-deferred',
  'certificate-expired',
  'auth-not-offered',
  'auth-drops',
  'auth-temporary',
  'drops-at-mail',
  'drops-in-body',
  'drops-after-body',
  'message-deferred',
  'sender-rejected',
]

/** A small generator that the same seed sets on the same path (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const seed = Number(process.env.POSTERN_SEED ?? Date.now() % 1_000_000)

describe.each(modes)(`a hundred and fifty messages in changing weather, $mode, seed ${seed}`, ({ pool }) => {
  it('are accepted and there once, refused and not there, or in doubt; none is there twice', async () => {
    const random = randomFrom(seed)
    const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]!
    await using provider = await startProvider()
    const mailer = mailerFor(provider.settings, { pool, maxConnections: 3, selection: { ...quick, recheck: { first: 60, most: 120 } } })
    const letters = Array.from({ length: 150 }, (_, index) => ({
      ...letter,
      subject: `Letter ${index}`,
      text: 'x'.repeat(Math.floor(random() * 20_000)),
    }))
    const told = new Map<string, Outcome>()
    const ticks = new EventEmitter()
    const sendAll = async () => {
      for (let next = letters.shift(); next; next = letters.shift()) {
        told.set(next.subject, await outcomeOf(mailer.sendMail(next)))
        ticks.emit('settled')
      }
    }
    // A few at a time, so that they meet many kinds of weather.
    const sending = Promise.all(Array.from({ length: 8 }, sendAll))
    for (;;) {
      const [port, now] = [pick([587, 2525, 465] as const), pick(weather)]
      await (now === 'fair' || (port === 465 && now === 'no-starttls') ? provider.heal(port) : provider.fault(port, now))
      const done = await Promise.race([once(ticks, 'settled').then(() => false), sending.then(() => true)])
      if (done) break
    }
    for (const [subject, outcome] of told) {
      const copies = provider.messages.filter((message) => message.subject === subject).length
      expect(copiesAfter[outcome], `${subject} was ${outcome} and is there ${copies} times; seed ${seed}`).toContain(copies)
    }
    expect(told.size).toBe(150)
    expect(provider.messages.every(({ secure, user }) => secure && user === provider.auth.user)).toBe(true)
    expect(provider.logins.every(({ secure }) => secure)).toBe(true)
    expect([...told.values()].filter((outcome) => outcome === 'accepted').length, `seed ${seed}`).toBeGreaterThan(0)
  }, 20_000)
})
