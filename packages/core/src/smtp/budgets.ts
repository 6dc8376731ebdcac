/** The timeout of each stage, in milliseconds. Every connection has its own, so a silent port does not shorten the time of another. */
export interface Budgets {
  /** The DNS lookup. @default 5000 */
  readonly dns: number
  /** The TCP connection. @default 10000 */
  readonly connect: number
  /** The server's greeting. @default 15000 */
  readonly greeting: number
  /** The TLS handshake. @default 10000 */
  readonly tls: number
  /** Each reply. @default 15000 */
  readonly reply: number
}

/**
 * The default timeouts.
 *
 * @example
 * defaultBudgets.connect // 10000
 */
export const defaultBudgets: Budgets = { dns: 5_000, connect: 10_000, greeting: 15_000, tls: 10_000, reply: 15_000 }

/** The default total deadline, in milliseconds. */
export const DEFAULT_DEADLINE = 30_000
