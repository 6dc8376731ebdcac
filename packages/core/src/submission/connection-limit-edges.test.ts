import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ConnectionLimit } from './connection-limit.ts'

describe('a connection limit', () => {
  it('is raised after ten seconds even if several connections were refused at the same time', () => {
    const limit = new ConnectionLimit(20)
    // Nothing was raised in between, so no raise has failed.
    for (let refused = 0; refused < 16; refused++) limit.lower(4, 0)
    expect(limit.raiseAt).toBe(10_000)
  })

  it('is always between one and the limit of the caller', () => {
    // The connection that is turned away is one of those that the limit allowed, so there are fewer others.
    const step = fc.record({ after: fc.integer({ min: 0, max: 400_000 }), open: fc.nat({ max: 9 }) })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), fc.array(step, { maxLength: 40 }), (most, steps) => {
        const limit = new ConnectionLimit(most)
        let now = 0
        for (const { after, open } of steps) {
          now += after
          const current = limit.at(now)
          if (open < current) limit.lower(open, now)
          expect(limit.at(now)).toBeGreaterThanOrEqual(1)
          expect(limit.at(now)).toBeLessThanOrEqual(most)
        }
      }),
    )
  })
})
