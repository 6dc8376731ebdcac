import { assertPositive } from '../settings/assert-positive.ts'
import type { Locale } from '../text/index.ts'

/** The timeouts of a transaction, in milliseconds (RFC 5321 §4.5.3.2). `Infinity` is no limit. */
export interface TransactionTimeouts {
  /** The reply to MAIL. @default 300000 */
  readonly mail: number
  /** The reply to each RCPT. @default 300000 */
  readonly rcpt: number
  /** The reply to DATA. @default 120000 */
  readonly data: number
  /** The operating system accepting one block of the message. @default 180000 */
  readonly block: number
  /** The reply to the end of the message. A shorter timeout causes duplicates (RFC 1047). @default 600000 */
  readonly end: number
}

/**
 * The timeouts of RFC 5321 §4.5.3.2.
 *
 * @example
 * defaultTimeouts.end // 600000
 */
export const defaultTimeouts: TransactionTimeouts = { mail: 300_000, rcpt: 300_000, data: 120_000, block: 180_000, end: 600_000 }

/**
 * Applies the defaults, and `max` as an upper limit for each.
 *
 * @param max an upper limit for each timeout, in milliseconds
 * @param locale the language of the error
 * @throws SettingsError for a timeout that is not a number above 0
 */
export function resolveTimeouts(given?: Partial<TransactionTimeouts>, max = Infinity, locale?: Locale): TransactionTimeouts {
  if (given === undefined && max === Infinity) return defaultTimeouts
  assertPositive(Object.fromEntries(Object.entries(given ?? {}).map(([name, ms]) => [`timeouts.${name}`, ms])), locale)
  const timeouts = { ...defaultTimeouts }
  for (const name of Object.keys(timeouts) as (keyof TransactionTimeouts)[]) timeouts[name] = Math.min(given?.[name] ?? timeouts[name], max)
  return timeouts
}
