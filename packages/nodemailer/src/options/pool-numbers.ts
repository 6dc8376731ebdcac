import { type Budgets, SettingsError, type SettingsIssue } from '@postern/core'
import { type PoolOptions, resolveTimeouts, type TransactionTimeouts } from '@postern/core/submission'

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
  readonly timeouts?: Partial<TransactionTimeouts> | undefined
}

/** The numbers of a pool, each checked, with nodemailer's defaults. */
export type PoolNumbers = Required<
  Pick<PoolOptions, 'keepsConnections' | 'maxConnections' | 'maxMessages' | 'rateLimit' | 'rateDelta' | 'idleTimeout' | 'endpointTimeout' | 'deadline' | 'timeouts' | 'maxReply'>
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
 * nodemailer's names for the timeouts of a connection that is being opened.
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
export function readPoolNumbers(given: GivenNumbers, own: OwnNumbers): PoolNumbers {
  const isUsual = own.deadline === undefined && own.endpointTimeout === undefined && own.timeouts === undefined && names.every((name) => given[name] === undefined)
  if (!isUsual) return read(given, own)
  return given.pool ? (usual.pooled ??= read({ pool: true }, {})) : (usual.unpooled ??= read({}, {}))
}

/** Most transports are given none of the numbers, and share these. */
const usual: { pooled?: PoolNumbers; unpooled?: PoolNumbers } = {}

const names = Object.keys(rules) as (keyof typeof rules)[]

function read(given: GivenNumbers, { deadline = Infinity, endpointTimeout, timeouts }: OwnNumbers): PoolNumbers {
  const issues: SettingsIssue[] = []
  const number = (name: keyof typeof rules): number => readNumber(name, given[name], rules[name], issues)
  if (!(typeof deadline === 'number' && deadline > 0)) issues.push({ path: 'deadline', message: 'should be a number above 0.' })
  const keepsConnections = Boolean(given.pool)
  const rateDelta = number('rateDelta')
  const numbers = {
    keepsConnections,
    maxConnections: keepsConnections ? Math.max(1, Math.floor(number('maxConnections'))) : Infinity,
    maxMessages: keepsConnections ? Math.max(1, number('maxMessages')) : 1,
    // A window without an end has no limit.
    rateLimit: keepsConnections && rateDelta !== Infinity ? number('rateLimit') : 0,
    rateDelta,
    idleTimeout: number('idleTimeout'),
    endpointTimeout: endpointTimeout === undefined && !keepsConnections ? 0 : readNumber('endpointTimeout', endpointTimeout, endpointRule, issues),
    deadline: deadline as number,
    timeouts: resolveTimeouts(timeouts, number('socketTimeout')),
    maxReply: number('maxResponseSize'),
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
