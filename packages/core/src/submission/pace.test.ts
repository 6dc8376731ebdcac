import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Pace } from './pace.ts'

/** Sends as soon as it may. @returns when each message left */
function sendAll(pace: Pace, count: number, from = 0): number[] {
  const sentAt: number[] = []
  let now = from
  while (sentAt.length < count) {
    const wait = pace.waitAt(now)
    if (wait > 0) {
      now += wait
      continue
    }
    pace.count(now)
    sentAt.push(now)
  }
  return sentAt
}

describe('a rate limit', () => {
  it('limits the messages per window', () => {
    expect(sendAll(new Pace({ rateLimit: 2, rateDelta: 1_000 }), 5)).toEqual([0, 0, 1_000, 1_000, 2_000])
  })

  it('starts a window with the first message after the previous window', () => {
    const pace = new Pace({ rateLimit: 1, rateDelta: 1_000 })
    sendAll(pace, 1, 0)
    expect(sendAll(pace, 2, 5_400)).toEqual([5_400, 6_400])
  })

  it.each([0, -1, Infinity])('of %d is none', (rateLimit) => {
    expect(sendAll(new Pace({ rateLimit, rateDelta: 1_000 }), 500).at(-1)).toBe(0)
  })

  it('applies in every window, for any arrival times', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 100 }), fc.array(fc.integer({ min: 0, max: 80 }), { maxLength: 40 }), (rateLimit, rateDelta, gaps) => {
        const pace = new Pace({ rateLimit, rateDelta })
        const sentAt: number[] = []
        let now = 0
        for (const gap of gaps) {
          now += gap
          now += pace.waitAt(now)
          expect(pace.waitAt(now)).toBe(0)
          pace.count(now)
          sentAt.push(now)
        }
        // Windows begin with a message, so a message and the one `rateLimit` windows on are never in the same one.
        const distances = sentAt.slice(2 * rateLimit).map((later, index) => later - sentAt[index]!)
        expect(distances.filter((distance) => distance < rateDelta)).toEqual([])
      }),
    )
  })
})

describe('a pause', () => {
  const unlimited = { rateLimit: Infinity, rateDelta: 1_000 }

  it('is a second, twice as long each time, and ten seconds at most', () => {
    expect(pauses(new Pace(unlimited), 8, 0)).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000, 10_000])
  })

  it('is a second again once a message was accepted', () => {
    const pace = new Pace(unlimited)
    pauses(pace, 4, 0)
    pace.resume()
    expect(pauses(pace, 2, 100_000)).toEqual([1_000, 2_000])
  })

  it('is one pause if several connections cause it at the same time', () => {
    const pace = new Pace(unlimited)
    for (const now of [0, 1, 2, 999]) pace.pause(now)
    expect(pace.waitAt(999)).toBe(1)
    expect(pauses(pace, 1, 1_000)).toEqual([2_000])
  })

  it('lasts as long as the longer of the pause and the rate limit', () => {
    const pace = new Pace({ rateLimit: 1, rateDelta: 5_000 })
    pace.count(0)
    pace.pause(0)
    expect(pace.waitAt(0)).toBe(5_000)
    expect(pace.waitAt(4_000)).toBe(1_000)
    pace.pause(4_900)
    expect(pace.waitAt(4_900)).toBe(2_000)
  })

  it('is not shortened by a message that is accepted meanwhile', () => {
    const pace = new Pace(unlimited)
    pace.pause(0)
    pace.resume()
    expect(pace.waitAt(400)).toBe(600)
  })
})

/** @returns how long each of so many pauses in a row is */
function pauses(pace: Pace, count: number, from: number): number[] {
  let now = from
  return Array.from({ length: count }, () => {
    pace.pause(now)
    const wait = pace.waitAt(now)
    now += wait
    return wait
  })
}
