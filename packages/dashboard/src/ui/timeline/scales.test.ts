import { describe, expect, it } from 'vitest'
import { periodOf } from './periods.ts'
import { linearScale, logScale, timeTicks } from './scales.ts'

const minute = 60_000

describe('timeTicks', () => {
  it('are round times, at most as many as fit', () => {
    const from = Date.UTC(2026, 2, 14, 9, 31, 40)
    const ticks = timeTicks(from, from + 60 * minute, 7)
    expect(ticks.map((at) => new Date(at).toISOString().slice(11, 16))).toEqual(['09:40', '09:50', '10:00', '10:10', '10:20', '10:30'])
  })

  it('are none in a period that is shorter than a step', () => {
    expect(timeTicks(1, 2, 0)).toEqual([])
  })
})

it('keeps values in the range', () => {
  const scale = linearScale([0, 10], [100, 200])
  expect([scale(-5), scale(5), scale(99)]).toEqual([100, 150, 200])
  expect(linearScale([0, 0], [100, 200])(0)).toBe(100)
})

it('gives equal factors equal distances', () => {
  const scale = logScale([1, 1_000], [0, 3])
  expect([0, 1, 10, 100, 1_000].map((ms) => Math.round(scale(ms)))).toEqual([0, 0, 1, 2, 3])
})

it('chooses the shortest period with all events', () => {
  const now = Date.UTC(2026, 2, 14)
  expect(periodOf([], now)).toBe(minute)
  expect(periodOf([{ at: now - 11 * minute }], now)).toBe(60 * minute)
  expect(periodOf([{ at: 0 }], now)).toBe(7 * 24 * 60 * minute)
})
