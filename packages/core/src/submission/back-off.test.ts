import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BackOff } from './back-off.ts'

/** No jitter. */
const MIDDLE = 0.5

describe('a back-off', () => {
  it('doubles from a quarter of a second to ten seconds', () => {
    const backOff = new BackOff()
    expect(Array.from({ length: 8 }, () => backOff.next(MIDDLE))).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000])
  })

  it('starts anew after a reset', () => {
    const backOff = new BackOff()
    for (let count = 0; count < 5; count++) backOff.next(MIDDLE)
    backOff.reset()
    expect(backOff.next(MIDDLE)).toBe(250)
  })

  it('has a jitter of 20 %', () => {
    expect(new BackOff().next(0)).toBeCloseTo(200)
    expect(new BackOff().next(1)).toBeCloseTo(300)
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), { maxLength: 20 }), (randoms) => {
        const [backOff, even] = [new BackOff(), new BackOff()]
        for (const random of randoms) {
          const middle = even.next(MIDDLE)
          const wait = backOff.next(random)
          expect(wait).toBeGreaterThanOrEqual(middle * 0.8 - 1e-6)
          expect(wait).toBeLessThan(middle * 1.2 + 1e-6)
        }
      }),
    )
  })
})
