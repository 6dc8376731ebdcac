import type { NominalPort } from './nominal-port.ts'

/** What a provider allows its clients. Whatever is left out has no limit. */
export interface Limits {
  /**
   * Connections that may be open at once: over all ports together, or for each nominal port. One more is answered
   * `421 4.7.0 Too many connections` and closed.
   */
  readonly connections?: number | Readonly<Partial<Record<NominalPort, number>>>
  /**
   * The step at which a connection too many gets its 421.
   * @default 'greeting'
   */
  readonly turnAwayAt?: TurnAwayStep
  /** How many messages are taken in a while, over all ports and connections. */
  readonly rate?: RateLimit
}

/** The steps at which servers turn a connection away. */
export type TurnAwayStep = 'greeting' | 'EHLO' | 'login'

/** A limit on messages, either by time (`window`) or by count (`refusals`). */
export interface RateLimit {
  /** How many messages are taken before the next is refused. */
  readonly messages: number
  /** Milliseconds: no more than `messages` in any period of this length. */
  readonly window?: number
  /** How many are refused before another `messages` are taken: a limit that needs no clock. */
  readonly refusals?: number
  /**
   * The command that is refused, or the message itself, after its end of data.
   * @default 'MAIL'
   */
  readonly at?: 'MAIL' | 'message'
  /**
   * Code and text of the refusal. After a 421 the connection is closed.
   * @default '451 4.7.1 Too fast'
   */
  readonly reply?: string
  /**
   * The clock that `window` is measured by, in milliseconds.
   * @default performance.now
   */
  readonly now?: () => number
}

/** @throws Error that names what is wrong */
export function assertLimits({ connections, turnAwayAt = 'greeting', rate }: Limits): void {
  const counts = typeof connections === 'object' ? Object.values(connections) : [connections ?? 1]
  for (const count of counts) assertCount('connections', count)
  if (!turnAwaySteps.includes(turnAwayAt)) throw new Error(`turnAwayAt is one of ${turnAwaySteps.join(', ')}`)
  if (!rate) return
  const { messages, window, refusals, at = 'MAIL', reply = '451 ' } = rate
  assertCount('rate.messages', messages)
  if ((window === undefined) === (refusals === undefined)) throw new Error('rate takes either window or refusals')
  assertCount('rate.window or rate.refusals', window ?? refusals ?? 0)
  if (at !== 'MAIL' && at !== 'message') throw new Error('rate.at is one of MAIL, message')
  if (!/^[45]\d\d /.test(reply)) throw new Error('rate.reply begins with a 4xx or 5xx code and a space')
}

const turnAwaySteps: readonly TurnAwayStep[] = ['greeting', 'EHLO', 'login']

function assertCount(name: string, count: number): void {
  if (!(count > 0)) throw new Error(`${name} is a number above 0`)
}
