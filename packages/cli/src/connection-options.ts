import type { Options } from './options.ts'
import { UsageError } from './usage-error.ts'

/** Milliseconds of `--timeout`. */
export function timeoutOf({ timeout }: Options): number | undefined {
  if (timeout === undefined) return undefined
  if (!/^\d+(?:\.\d+)?$/.test(timeout) || Number(timeout) === 0) throw new UsageError('timeout-invalid')
  return Number(timeout) * 1_000
}

/** A local address that reaches the family of `--ipv4` or `--ipv6` alone: it is of no interface. */
export function localAddressOf({ ipv4, ipv6 }: Options): string | undefined {
  if (ipv4 === ipv6) return undefined
  return ipv4 ? '0.0.0.0' : '::'
}

/** The address of `--from`. */
export function senderOf({ from }: Options): string | undefined {
  if (from !== undefined && !isAddress(from)) throw new UsageError('from-invalid')
  return from
}

export function isAddress(text: string): boolean {
  return /^[^\s<>]+@[^\s<>@]+$/.test(text)
}
