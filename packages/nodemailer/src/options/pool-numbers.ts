import { SettingsError, type SettingsIssue } from '@postern/core'
import { resolveWaits, type TransactionWaits } from '@postern/core/submission'

/** The options that are numbers, as an app may give them: a variable of the environment is a text. */
interface GivenNumbers {
  readonly pool?: unknown
  readonly maxConnections?: unknown
  readonly maxMessages?: unknown
  readonly rateLimit?: unknown
  readonly rateDelta?: unknown
  readonly idleTimeout?: unknown
  readonly socketTimeout?: unknown
  readonly maxResponseSize?: unknown
  readonly endpointTimeout?: unknown
  readonly deadline?: unknown
  readonly waits?: Partial<TransactionWaits> | undefined
}

/** The numbers of a pool, each checked, with nodemailer's defaults. */
export interface PoolNumbers {
  readonly keepsConnections: boolean
  readonly maxConnections: number
  readonly maxMessages: number
  readonly rateLimit: number
  readonly rateDelta: number
  readonly idleTimeout: number
  readonly endpointTimeout: number
  readonly deadline: number
  readonly waits: TransactionWaits
  readonly maxReply: number
}

type Name = 'maxConnections' | 'maxMessages' | 'rateLimit' | 'rateDelta' | 'idleTimeout' | 'socketTimeout' | 'maxResponseSize' | 'endpointTimeout'

/** What stands for a number that is left out, empty, 0 or NaN, as in nodemailer; and whether 0 says something by itself. */
const rules: Readonly<Record<Name, { readonly otherwise: number; readonly zero?: number }>> = {
  maxConnections: { otherwise: 5 },
  maxMessages: { otherwise: 100 },
  rateLimit: { otherwise: 0 },
  rateDelta: { otherwise: 1_000 },
  idleTimeout: { otherwise: 240_000, zero: Infinity },
  socketTimeout: { otherwise: Infinity },
  maxResponseSize: { otherwise: Infinity },
  endpointTimeout: { otherwise: 30_000, zero: 0 },
}

/**
 * Reads the numbers of a pool.
 *
 * @throws SettingsError for each that is no number, and for a deadline that is not above 0
 */
export function readPoolNumbers(given: GivenNumbers): PoolNumbers {
  const issues: SettingsIssue[] = []
  const read = (name: Name): number => {
    const value = given[name]
    const { otherwise, zero = otherwise } = rules[name]
    if (value === undefined || value === null || value === '' || value === false || Number.isNaN(value)) return otherwise
    const number = typeof value === 'string' || typeof value === 'number' ? Number(value) : NaN
    if (number === 0) return zero
    if (number > 0) return number
    // nodemailer never closes idle connections then.
    if (name === 'idleTimeout' && number < 0) return Infinity
    issues.push({ path: name, message: 'should be a number above 0.' })
    return otherwise
  }
  const { deadline = Infinity, pool, waits } = given
  if (!(typeof deadline === 'number' && deadline > 0)) issues.push({ path: 'deadline', message: 'should be a number above 0.' })
  const keepsConnections = Boolean(pool)
  const numbers = {
    keepsConnections,
    maxConnections: keepsConnections ? Math.max(1, Math.floor(read('maxConnections'))) : Infinity,
    maxMessages: keepsConnections ? Math.max(1, read('maxMessages')) : 1,
    rateLimit: keepsConnections ? read('rateLimit') : 0,
    rateDelta: read('rateDelta'),
    idleTimeout: read('idleTimeout'),
    endpointTimeout: given.endpointTimeout === undefined && !keepsConnections ? 0 : read('endpointTimeout'),
    deadline: deadline as number,
    waits: resolveWaits(waits, read('socketTimeout')),
    maxReply: read('maxResponseSize'),
  }
  if (issues.length > 0) throw new SettingsError(issues)
  return numbers
}
