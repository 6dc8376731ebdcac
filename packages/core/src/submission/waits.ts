import { expectPositive } from '../settings/expect-positive.ts'

/** How long each reply of a transaction is waited for, in milliseconds (RFC 5321 §4.5.3.2). `Infinity` is no limit. */
export interface TransactionWaits {
  /** The reply to MAIL. @default 300000 */
  readonly mail: number
  /** The reply to each RCPT. @default 300000 */
  readonly rcpt: number
  /** The reply to DATA. @default 120000 */
  readonly data: number
  /** The system taking one block of the message. @default 180000 */
  readonly block: number
  /** The reply to the end of the message. A shorter wait makes duplicates (RFC 1047). @default 600000 */
  readonly end: number
}

/**
 * The waits of RFC 5321 §4.5.3.2.
 *
 * @example
 * defaultWaits.end // 600000
 */
export const defaultWaits: TransactionWaits = { mail: 300_000, rcpt: 300_000, data: 120_000, block: 180_000, end: 600_000 }

/**
 * The waits with every default filled in.
 *
 * @param most an upper limit for each, in milliseconds
 * @throws SettingsError for a wait that is not a number above 0
 */
export function resolveWaits(given?: Partial<TransactionWaits>, most = Infinity): TransactionWaits {
  if (given === undefined && most === Infinity) return defaultWaits
  expectPositive(Object.fromEntries(Object.entries(given ?? {}).map(([name, ms]) => [`waits.${name}`, ms])))
  const waits = { ...defaultWaits }
  for (const name of Object.keys(waits) as (keyof TransactionWaits)[]) waits[name] = Math.min(given?.[name] ?? waits[name], most)
  return waits
}
