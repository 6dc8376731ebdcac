import { expect, it } from 'vitest'
import { OverdueThreshold } from './overdue-threshold.ts'

it('is 15 s, and twice as long as the slowest reply of the last ten minutes', () => {
  const threshold = new OverdueThreshold()
  expect(threshold.at(0)).toBe(15_000)
  threshold.learn(15_000, 0)
  expect(threshold.at(1)).toBe(15_000)
  threshold.learn(20_000, 100)
  expect(threshold.at(100)).toBe(40_000)
  // A faster one that is still slow keeps it.
  threshold.learn(16_000, 300_000)
  expect([threshold.at(300_000), threshold.at(899_999), threshold.at(900_000)]).toEqual([40_000, 40_000, 15_000])
})
