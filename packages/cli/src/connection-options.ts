import { isSenderAddress } from '@postern/core'
import type { Options } from './options.ts'
import { UsageError } from './usage-error.ts'

/** Timers of Node have no longer delay, in seconds. */
const MAX_SECONDS = 2_147_483

/** Milliseconds of `--timeout`. */
export function timeoutOf({ timeout }: Options): number | undefined {
  return timeout === undefined ? undefined : milliseconds('timeout', timeout, 0)
}

/** Seconds. Servers count connections, and block clients that make too many. */
const MIN_INTERVAL = 10

/** Milliseconds of `--interval`. */
export function intervalOf({ interval, watch }: Options): number {
  if (interval !== undefined && !watch) throw new UsageError('interval-without-watch')
  return milliseconds('interval', interval ?? '60', MIN_INTERVAL)
}

function milliseconds(option: 'timeout' | 'interval', seconds: string, min: number): number {
  const value = /^\d+(?:\.\d+)?$/.test(seconds) ? Number(seconds) : 0
  if (value === 0 || value < min || value > MAX_SECONDS) throw new UsageError(`${option}-invalid`)
  return value * 1_000
}

/** A local address that reaches the family of `--ipv4` or `--ipv6` alone: it is of no interface. */
export function localAddressOf({ ipv4, ipv6 }: Options): string | undefined {
  if (ipv4 === ipv6) return undefined
  return ipv4 ? '0.0.0.0' : '::'
}

/** The address of `--from`. */
export function senderOf({ from }: Options): string | undefined {
  if (from !== undefined && !isSenderAddress(from)) throw new UsageError('from-invalid')
  return from
}
