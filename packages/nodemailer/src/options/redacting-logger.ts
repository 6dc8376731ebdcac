import { Console } from 'node:console'
import type { SMTPPoolOptions } from 'nodemailer'
import { getLogger, type Logger } from 'nodemailer/lib/shared'
import { consoleLogger } from './console-logger.ts'
import { throwAsync } from '../throw-async.ts'
import type { Secrets } from './secrets.ts'

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const

/**
 * Wraps the caller's logger, or nodemailer's for `true`, and removes secrets from the entries: they contain replies, and a
 * server may repeat a password.
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

/** The maximum depth to which entries are redacted. Those of nodemailer have two levels. */
const DEPTH = 4

/** A copy of a value without secrets. */
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
