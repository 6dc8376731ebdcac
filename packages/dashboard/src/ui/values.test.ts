import { describe, expect, it } from 'vitest'
import { formatClock, formatCount, formatDays, formatDistance, formatLatency, formatPeriod } from './values.ts'

const now = Date.UTC(2026, 2, 14, 10, 30, 12)
const minute = 60_000

describe('formatLatency', () => {
  it.each([
    [0, 'en', '0 ms'],
    [174.6, 'en', '175 ms'],
    [1_400, 'en', '1.4 s'],
    [1_400, 'de', '1,4 s'],
    [15_300, 'en', '15 s'],
    [150_000, 'en', '2.5 min'],
  ] as const)('%s ms in "%s"', (ms, locale, expected) => {
    expect(formatLatency(ms, locale).replace('\u{a0}', ' ')).toBe(expected)
  })
})

describe('formatDistance', () => {
  it.each([
    [0, 'en', 'now'],
    [-12_000, 'en', '12 seconds ago'],
    [-22 * minute, 'de', 'vor 22 Minuten'],
    [6 * minute, 'fr', 'dans 6 minutes'],
    [-3 * 24 * 60 * minute, 'de', 'vor 3 Tagen'],
  ] as const)('%s ms in "%s"', (ms, locale, expected) => {
    expect(formatDistance(now + ms, now, locale)).toBe(expected)
  })
})

it('formats a number with the separators of the language', () => {
  expect([formatCount(12_345, 'en'), formatCount(12_345, 'de')]).toEqual(['12,345', '12.345'])
})

it('formats a period and a number of days', () => {
  expect([formatPeriod(10 * minute, 'de'), formatPeriod(60 * minute, 'en'), formatDays(0, 'fr'), formatDays(47, 'de')]).toEqual(['10 Minuten', '1 hour', 'aujourd’hui', 'in 47 Tagen'])
})

describe('formatClock', () => {
  it('has the day only if it is another one', () => {
    expect(formatClock(now - minute, now, 'en', 'UTC', 'second')).toBe('10:29:12')
    expect(formatClock(now - 24 * 60 * minute, now, 'de', 'UTC', 'minute')).toBe('13. März, 10:30')
  })
})
