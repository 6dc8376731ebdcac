import type { NominalPort } from './nominal-port.ts'

/** A provider's limits. What is left out is unlimited. */
export interface Limits {
  /**
   * Maximum open connections: over all ports together, or for each nominal port. Further ones are answered
   * `421 4.7.0 Too many connections` and closed.
   */
  readonly connections?: number | Readonly<Partial<Record<NominalPort, number>>>
  /**
   * The step at which a connection over the limit gets its 421.
   * @default 'greeting'
   */
  readonly refuseAt?: RefuseStep
  /** The message rate, over all ports and connections. */
  readonly rate?: RateLimit
}

/** The steps at which real servers refuse a connection over their limit. */
export type RefuseStep = 'greeting' | 'EHLO' | 'login'

/** A limit on messages, either by time (`window`) or by count (`refusals`). */
export interface RateLimit {
  /** How many messages are accepted before the next is refused. */
  readonly messages: number
  /** Milliseconds: no more than `messages` in any period of this length. */
  readonly window?: number
  /** How many are refused before another `messages` are accepted: a limit that needs no clock. */
  readonly refusals?: number
  /**
   * Where a message is refused: at MAIL, or after the end of data.
   * @default 'MAIL'
   */
  readonly at?: 'MAIL' | 'message'
  /**
   * Code and text of the refusal. After a 421 the connection is closed.
   * @default '451 4.7.1 Too fast'
   */
  readonly reply?: string
  /**
   * The clock for `window`, in milliseconds.
   * @default performance.now
   */
  readonly now?: () => number
}

/** @throws Error that names the invalid option */
export function assertLimits({ connections, refuseAt = 'greeting', rate }: Limits): void {
  const counts = typeof connections === 'object' ? Object.values(connections) : [connections ?? 1]
  for (const count of counts) assertCount('connections', count)
  if (!refuseSteps.includes(refuseAt)) throw new Error(`refuseAt must be one of ${refuseSteps.join(', ')}`)
  if (!rate) return
  const { messages, window, refusals, at = 'MAIL', reply = '451 ' } = rate
  assertCount('rate.messages', messages)
  if ((window === undefined) === (refusals === undefined)) throw new Error('rate needs either window or refusals, not both')
  assertCount('rate.window or rate.refusals', window ?? refusals ?? 0)
  if (at !== 'MAIL' && at !== 'message') throw new Error('rate.at must be one of MAIL, message')
  if (!/^[45]\d\d /.test(reply)) throw new Error('rate.reply must begin with a 4xx or 5xx code and a space')
}

const refuseSteps: readonly RefuseStep[] = ['greeting', 'EHLO', 'login']

function assertCount(name: string, count: number): void {
  if (!(count > 0)) throw new Error(`${name} must be a number above 0`)
}
