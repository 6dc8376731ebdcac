import { type Budgets, type Locale, SettingsError, textsFor } from '@postern/core'
import { type PoolOptions, resolveTimeouts, type TransactionTimeouts } from '@postern/core/submission'

/** The numeric options as given. Values from the environment are texts. */
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

/** Postern's numeric options. They are not allowed in the settings. */
interface OwnNumbers {
  readonly endpointTimeout?: unknown
  readonly deadline?: unknown
  readonly timeouts?: Partial<TransactionTimeouts> | undefined
  /** The language of errors. */
  readonly locale?: Locale | undefined
}

/** The validated numbers of a pool, with nodemailer's defaults. */
export type PoolNumbers = Required<
  Pick<PoolOptions, 'keepsConnections' | 'maxConnections' | 'maxMessages' | 'rateLimit' | 'rateDelta' | 'idleTimeout' | 'endpointTimeout' | 'deadline' | 'timeouts' | 'maxReply'>
>

interface Rule<Otherwise> {
  readonly otherwise: Otherwise
  readonly zero?: number
  readonly negative?: number
}

/** The default for a number that is absent, empty, 0 or NaN, as in nodemailer; and the value for 0, if that has a meaning. */
const rules = {
  maxConnections: { otherwise: 5 },
  maxMessages: { otherwise: 100 },
  rateLimit: { otherwise: 0 },
  rateDelta: { otherwise: 1_000 },
  // In nodemailer, 0 or less means that idle connections are never closed.
  idleTimeout: { otherwise: 240_000, zero: Infinity, negative: Infinity },
  socketTimeout: { otherwise: Infinity },
  maxResponseSize: { otherwise: Infinity },
} satisfies Partial<Record<keyof GivenNumbers, Rule<number>>>

/** The rule for `endpointTimeout`, which nodemailer does not have. */
const endpointRule: Rule<number> = { otherwise: 30_000, zero: 0 }

/**
 * Reads nodemailer's timeouts for opening a connection.
 *
 * @returns undefined if none is given
 * @throws SettingsError for each invalid number
 */
export function readBudgets({ connectionTimeout, greetingTimeout, dnsTimeout }: GivenNumbers, locale?: Locale): Partial<Budgets> | undefined {
  if (connectionTimeout === undefined && greetingTimeout === undefined && dnsTimeout === undefined) return undefined
  const wrong: string[] = []
  const budgets = {
    connect: readNumber('connectionTimeout', connectionTimeout, { otherwise: undefined }, wrong),
    greeting: readNumber('greetingTimeout', greetingTimeout, { otherwise: undefined }, wrong),
    dns: readNumber('dnsTimeout', dnsTimeout, { otherwise: undefined }, wrong),
  }
  refuse(wrong, locale)
  return Object.fromEntries(Object.entries(budgets).filter(([, ms]) => ms !== undefined))
}

/**
 * Reads the numbers of a pool.
 *
 * @returns nothing if none is given: see `usualNumbers`
 * @throws SettingsError for each invalid number, and for a deadline that is not above 0
 */
export function readPoolNumbers(given: GivenNumbers, own: OwnNumbers): PoolNumbers | undefined {
  const isUsual = own.deadline === undefined && own.endpointTimeout === undefined && own.timeouts === undefined && names.every((name) => given[name] === undefined)
  return isUsual ? undefined : read(given, own)
}

const names = Object.keys(rules) as (keyof typeof rules)[]

/** The defaults, shared by all transports without numeric options. */
export function usualNumbers(keepsConnections: boolean): PoolNumbers {
  return keepsConnections ? (usual.pooled ??= read({ pool: true }, {})) : (usual.unpooled ??= read({}, {}))
}

const usual: { pooled?: PoolNumbers; unpooled?: PoolNumbers } = {}

function read(given: GivenNumbers, { deadline = Infinity, endpointTimeout, timeouts, locale }: OwnNumbers): PoolNumbers {
  const wrong: string[] = []
  const number = (name: keyof typeof rules): number => readNumber(name, given[name], rules[name], wrong)
  if (!(typeof deadline === 'number' && deadline > 0)) wrong.push('deadline')
  const keepsConnections = Boolean(given.pool)
  const rateDelta = number('rateDelta')
  const numbers = {
    keepsConnections,
    maxConnections: keepsConnections ? Math.max(1, Math.floor(number('maxConnections'))) : Infinity,
    maxMessages: keepsConnections ? Math.max(1, number('maxMessages')) : 1,
    // An infinite window means no rate limit.
    rateLimit: keepsConnections && rateDelta !== Infinity ? number('rateLimit') : 0,
    rateDelta,
    idleTimeout: number('idleTimeout'),
    endpointTimeout: endpointTimeout === undefined && !keepsConnections ? 0 : readNumber('endpointTimeout', endpointTimeout, endpointRule, wrong),
    deadline: deadline as number,
    timeouts: resolveTimeouts(timeouts, number('socketTimeout'), locale),
    maxReply: number('maxResponseSize'),
  }
  refuse(wrong, locale)
  return numbers
}

/** Converts a number, or a numeric text. */
function readNumber<Otherwise>(path: string, value: unknown, rule: Rule<Otherwise>, wrong: string[]): number | Otherwise {
  const { otherwise, zero = otherwise, negative } = rule
  if (value === undefined || value === null || value === '' || value === false || Number.isNaN(value)) return otherwise
  const number = typeof value === 'string' || typeof value === 'number' ? Number(value) : NaN
  if (number === 0) return zero
  if (number > 0) return number
  if (number < 0 && negative !== undefined) return negative
  wrong.push(path)
  return otherwise
}

/** @throws SettingsError if any of the numbers is invalid */
function refuse(paths: readonly string[], locale: Locale = 'en'): void {
  if (paths.length > 0) throw new SettingsError(paths.map((path) => ({ path, message: textsFor(locale).issues.positive })), locale)
}
