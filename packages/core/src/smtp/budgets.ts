/** How long each wait may take, in milliseconds. One black-holed port never eats another's. */
export interface Budgets {
  /** The look-up of the name. @default 5000 */
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
 * What is waited for unless the caller says otherwise.
 *
 * @example
 * defaultBudgets.connect // 10000
 */
export const defaultBudgets: Budgets = { dns: 5_000, connect: 10_000, greeting: 15_000, tls: 10_000, reply: 15_000 }

/** Everything together, unless the caller says otherwise. */
export const DEFAULT_DEADLINE = 30_000
