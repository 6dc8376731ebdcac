import { expect, it } from 'vitest'
import { ReplyPatience } from './reply-patience.ts'

it('is 15 s, and twice as long as the slowest reply of the last ten minutes', () => {
  const patience = new ReplyPatience()
  expect(patience.at(0)).toBe(15_000)
  patience.learn(15_000, 0)
  expect(patience.at(1)).toBe(15_000)
  patience.learn(20_000, 100)
  expect(patience.at(100)).toBe(40_000)
  // A faster one that is still slow keeps it.
  patience.learn(16_000, 300_000)
  expect([patience.at(300_000), patience.at(899_999), patience.at(900_000)]).toEqual([40_000, 40_000, 15_000])
})
