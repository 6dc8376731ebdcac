import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../../core/test/manual-clock.ts'
import { RollingCount } from './rolling-count.ts'

const HOUR = 3_600_000

function counting() {
  const clock = new ManualClock()
  return { clock, count: new RollingCount(HOUR, 60, clock) }
}

describe('a rolling count', () => {
  it('has what was added in the window, to the width of a bucket', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2 * HOUR }), { maxLength: 200 }), (waits) => {
        const { clock, count } = counting()
        const times: number[] = []
        for (const wait of waits) {
          clock.advance(wait)
          count.add()
          times.push(clock.time)
        }
        const within = (ms: number) => times.filter((time) => clock.time - time < ms).length
        expect(count.total).toBeGreaterThanOrEqual(within(HOUR - 60_000))
        expect(count.total).toBeLessThanOrEqual(within(HOUR))
      }),
    )
  })

  it('is empty after the window, however long that is past', () => {
    for (const wait of [HOUR, 100 * HOUR, 1e6 * HOUR]) {
      const { clock, count } = counting()
      for (let time = 0; time < 1_000; time += 1) count.add()
      expect(count.total).toBe(1_000)
      clock.advance(wait)
      expect(count.total).toBe(0)
    }
  })

  it('loses nothing if the clock is set back, and forgets after another window', () => {
    const { clock, count } = counting()
    count.add()
    clock.time -= 5 * HOUR
    count.add()
    expect(count.total).toBe(2)
    clock.advance(HOUR)
    expect(count.total).toBe(0)
  })
})
