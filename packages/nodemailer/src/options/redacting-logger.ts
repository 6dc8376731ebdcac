import { Console } from 'node:console'
import type { SMTPPoolOptions } from 'nodemailer'
import { getLogger, type Logger } from 'nodemailer/lib/shared'
import { consoleLogger } from './console-logger.ts'
import { throwAsync } from '../throw-async.ts'
import type { Secrets } from './secrets.ts'

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const

/**
 * The caller's logger, or nodemailer's own for `true`, with the secrets taken out of what it is given: nodemailer
 * logs what the server says, and a server may repeat a password.
 */
export function redactingLogger(logger: NonNullable<SMTPPoolOptions['logger']>, secrets: Secrets): Logger {
  const wrapped = getLogger({ logger: logger instanceof Console ? consoleLogger(logger) : logger })
  const cleaned = (level: (typeof levels)[number]) =>
    (...args: readonly unknown[]) => {
      try {
        const write = wrapped[level] as (...args: unknown[]) => void
        write(...args.map((arg) => redactDeep(arg, secrets)))
      } catch (fault) {
        throwAsync(fault)
      }
    }
  return Object.fromEntries(levels.map((level) => [level, cleaned(level)])) as unknown as Logger
}

/** How deep an entry is looked through; nodemailer's are two levels deep. */
const DEPTH = 4

/** A copy of what somebody else wrote, without the secrets. */
export function redactDeep<T>(value: T, secrets: Secrets, depth = DEPTH): T {
  const clean = (one: unknown): unknown => {
    if (typeof one === 'string') return secrets.hide(one)
    return depth > 0 ? redactDeep(one, secrets, depth - 1) : undefined
  }
  if (typeof value !== 'object' || value === null) return (typeof value === 'string' ? secrets.hide(value) : value) as T
  if (Array.isArray(value)) return value.map(clean) as T
  if (value instanceof Error) {
    const copy = Object.create(Object.getPrototypeOf(value) as object) as Error
    for (const key of Object.getOwnPropertyNames(value)) {
      const enumerable = Object.prototype.propertyIsEnumerable.call(value, key)
      Object.defineProperty(copy, key, { value: clean(value[key as keyof Error]), enumerable, configurable: true, writable: true })
    }
    return copy as T
  }
  const isPlain = [Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null)
  return isPlain ? (Object.fromEntries(Object.entries(value).map(([key, one]) => [key, clean(one)])) as T) : value
}
