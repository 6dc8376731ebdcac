import { type Budgets, SettingsError, type SettingsIssue } from '@postern/core'
import { type PoolOptions, resolveWaits, type TransactionWaits } from '@postern/core/submission'

/** The options that are numbers, as an app may give them: a variable of the environment is a text. */
interface GivenNumbers {
  readonly connectionTimeout?: unknown
  readonly greetingTimeout?: unknown
  readonly dnsTimeout?: unknown
  readonly pool?: unknown
  readonly maxConnections?: unknown
  readonly maxMessages?: unknown
  readonly rateLimit?: unknown
  readonly rateDelta?: unknown
  readonly idleTimeout?: unknown
  readonly socketTimeout?: unknown
  readonly maxResponseSize?: unknown
}

/** Those that are Postern's own, and stand beside the settings alone. */
interface OwnNumbers {
  readonly endpointTimeout?: unknown
  readonly deadline?: unknown
  readonly waits?: Partial<TransactionWaits> | undefined
}

/** The numbers of a pool, each checked, with nodemailer's defaults. */
export type PoolNumbers = Required<
  Pick<PoolOptions, 'keepsConnections' | 'maxConnections' | 'maxMessages' | 'rateLimit' | 'rateDelta' | 'idleTimeout' | 'endpointTimeout' | 'deadline' | 'waits' | 'maxReply'>
>

interface Rule<Otherwise> {
  readonly otherwise: Otherwise
  readonly zero?: number
  readonly negative?: number
}

/** What stands for a number that is left out, empty, 0 or NaN, as in nodemailer; and whether 0 says something by itself. */
const rules = {
  maxConnections: { otherwise: 5 },
  maxMessages: { otherwise: 100 },
  rateLimit: { otherwise: 0 },
  rateDelta: { otherwise: 1_000 },
  // nodemailer never closes idle connections with 0 or less.
  idleTimeout: { otherwise: 240_000, zero: Infinity, negative: Infinity },
  socketTimeout: { otherwise: Infinity },
  maxResponseSize: { otherwise: Infinity },
} satisfies Partial<Record<keyof GivenNumbers, Rule<number>>>

/** The same for a number that is not nodemailer's. */
const endpointRule: Rule<number> = { otherwise: 30_000, zero: 0 }

/**
 * nodemailer's names for the waits of a connection that is being opened.
 *
 * @returns nothing where none is given
 * @throws SettingsError for each that is no number
 */
export function readBudgets({ connectionTimeout, greetingTimeout, dnsTimeout }: GivenNumbers): Partial<Budgets> | undefined {
  if (connectionTimeout === undefined && greetingTimeout === undefined && dnsTimeout === undefined) return undefined
  const issues: SettingsIssue[] = []
  const budgets = {
    connect: readNumber('connectionTimeout', connectionTimeout, { otherwise: undefined }, issues),
    greeting: readNumber('greetingTimeout', greetingTimeout, { otherwise: undefined }, issues),
    dns: readNumber('dnsTimeout', dnsTimeout, { otherwise: undefined }, issues),
  }
  if (issues.length > 0) throw new SettingsError(issues)
  return Object.fromEntries(Object.entries(budgets).filter(([, ms]) => ms !== undefined))
}

/**
 * Reads the numbers of a pool.
 *
 * @throws SettingsError for each that is no number, and for a deadline that is not above 0
 */
export function readPoolNumbers(given: GivenNumbers, { deadline = Infinity, endpointTimeout, waits }: OwnNumbers): PoolNumbers {
  const issues: SettingsIssue[] = []
  const read = (name: keyof typeof rules): number => readNumber(name, given[name], rules[name], issues)
  if (!(typeof deadline === 'number' && deadline > 0)) issues.push({ path: 'deadline', message: 'should be a number above 0.' })
  const keepsConnections = Boolean(given.pool)
  const rateDelta = read('rateDelta')
  const numbers = {
    keepsConnections,
    maxConnections: keepsConnections ? Math.max(1, Math.floor(read('maxConnections'))) : Infinity,
    maxMessages: keepsConnections ? Math.max(1, read('maxMessages')) : 1,
    // A window without an end has no limit.
    rateLimit: keepsConnections && rateDelta !== Infinity ? read('rateLimit') : 0,
    rateDelta,
    idleTimeout: read('idleTimeout'),
    endpointTimeout: endpointTimeout === undefined && !keepsConnections ? 0 : readNumber('endpointTimeout', endpointTimeout, endpointRule, issues),
    deadline: deadline as number,
    waits: resolveWaits(waits, read('socketTimeout')),
    maxReply: read('maxResponseSize'),
  }
  if (issues.length > 0) throw new SettingsError(issues)
  return numbers
}

/** A number, or a text that is one. */
function readNumber<Otherwise>(path: string, value: unknown, rule: Rule<Otherwise>, issues: SettingsIssue[]): number | Otherwise {
  const { otherwise, zero = otherwise, negative } = rule
  if (value === undefined || value === null || value === '' || value === false || Number.isNaN(value)) return otherwise
  const number = typeof value === 'string' || typeof value === 'number' ? Number(value) : NaN
  if (number === 0) return zero
  if (number > 0) return number
  if (number < 0 && negative !== undefined) return negative
  issues.push({ path, message: 'should be a number above 0.' })
  return otherwise
}
