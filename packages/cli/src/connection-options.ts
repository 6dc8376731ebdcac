import { isSenderAddress } from '@postern/core'
import type { Options } from './options.ts'
import { UsageError } from './usage-error.ts'

/** Timers of Node have no longer delay, in seconds. */
const MAX_TIMEOUT = 2_147_483

/** Milliseconds of `--timeout`. */
export function timeoutOf({ timeout }: Options): number | undefined {
  if (timeout === undefined) return undefined
  if (!/^\d+(?:\.\d+)?$/.test(timeout) || Number(timeout) === 0 || Number(timeout) > MAX_TIMEOUT) throw new UsageError('timeout-invalid')
  return Number(timeout) * 1_000
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
