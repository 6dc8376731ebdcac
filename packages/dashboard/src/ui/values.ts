import type { Locale } from '@postern/core'
import { once } from './once.ts'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** Units by length, the longest first. */
const units = [
  ['day', day],
  ['hour', hour],
  ['minute', minute],
  ['second', second],
] as const

/** A number of things: `1,234`. */
export function formatCount(count: number, locale: Locale): string {
  return numbers(locale, 0).format(count)
}

/** A latency, in symbols that all languages have: `175 ms`, `1.4 s`. */
export function formatLatency(ms: number, locale: Locale): string {
  const [value, unit] = ms < second ? [Math.round(ms), 'ms'] : ms < 2 * minute ? [ms / second, 's'] : [ms / minute, 'min']
  return `${numbers(locale, value < 10 && unit !== 'ms' ? 1 : 0).format(value)}\u{a0}${unit}`
}

/** A round period: `10 minutes`, `1 day`. */
export function formatPeriod(ms: number, locale: Locale): string {
  const [unit, length] = unitOf(ms)
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(Math.round(ms / length))
}

/** The distance to a moment: `3 minutes ago`, `in 2 hours`. */
export function formatDistance(at: number, now: number, locale: Locale): string {
  const ms = at - now
  const [unit, length] = unitOf(Math.abs(ms))
  return relative(locale).format(Math.trunc(ms / length), unit)
}

/** The distance to a day: `today`, `in 47 days`. */
export function formatDays(days: number, locale: Locale): string {
  return relative(locale).format(days, 'day')
}

/** How much of a moment is printed. */
export type Precision = 'second' | 'minute'

/** A moment as a clock shows it, with the day unless it is the day of `now`. Without a zone: that of the browser. */
export function formatClock(at: number, now: number, locale: Locale, zone: 'UTC' | undefined, precision: Precision): string {
  const sameDay = dayOf(at, zone) === dayOf(now, zone)
  return clocks(locale, zone, precision, sameDay).format(at)
}

function dayOf(at: number, zone: 'UTC' | undefined): string {
  return days(zone).format(at)
}

function unitOf(ms: number): (typeof units)[number] {
  return units.find(([, length]) => ms >= length) ?? units[3]
}

// Creating a format takes longer than formatting, and a page has a thousand numbers.
const numbers = once((locale: Locale, maximumFractionDigits: number) => new Intl.NumberFormat(locale, { maximumFractionDigits }))
const relative = once((locale: Locale) => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }))
const days = once((zone: 'UTC' | undefined) => new Intl.DateTimeFormat('en', { dateStyle: 'short', ...(zone && { timeZone: zone }) }))
const clocks = once(
  (locale: Locale, zone: 'UTC' | undefined, precision: Precision, sameDay: boolean) =>
    new Intl.DateTimeFormat(locale, {
      ...(sameDay ? {} : { day: 'numeric', month: 'short' }),
      hour: '2-digit',
      minute: '2-digit',
      ...(precision === 'second' && { second: '2-digit' }),
      hourCycle: 'h23',
      ...(zone && { timeZone: zone }),
    }),
)
