// oxlint-disable-next-line typescript/triple-slash-reference -- packages that compile this file from source find the types no other way
/// <reference path="./rate-limiter-flexible.d.ts" />
import RateLimiterMemory from 'rate-limiter-flexible/lib/RateLimiterMemory.js'
import RateLimiterRes from 'rate-limiter-flexible/lib/RateLimiterRes.js'
import { timerMs } from '../clock.ts'

/** The number of checks per caller and period. */
export interface CheckRate {
  /** @default 10 */
  readonly checks?: number | undefined
  /** The period in milliseconds, at most 24 days. @default 60000 */
  readonly per?: number | undefined
}

/** Limits the rate per key. Resolves with the seconds to wait if the limit is reached, otherwise undefined. */
export function rateLimit({ checks, per }: Required<CheckRate>): (key: string) => Promise<number | undefined> {
  const limiter = limit(checks!, timerMs(per!) / 1_000)
  return async (key) => {
    const refused = await refusal(limiter, key)
    return refused && Math.max(1, Math.ceil(refused.msBeforeNext / 1_000))
  }
}

/** Limits concurrency. Further calls are refused immediately, because a queue would need a limit of its own. */
export function concurrencyLimit(count: number): <T>(run: () => Promise<T>, full: () => T) => Promise<T> {
  // A duration of 0: points are returned by `reward`, not by time.
  const limiter = limit(count, 0)
  return async (run, full) => {
    try {
      return (await refusal(limiter, KEY)) ? full() : await run()
    } finally {
      // Refused calls have consumed a point as well.
      await limiter.reward(KEY)
    }
  }
}

const KEY = 'all'

function limit(points: number, duration: number): RateLimiterMemory {
  return new RateLimiterMemory({ points: Math.min(points, Number.MAX_SAFE_INTEGER), duration })
}

async function refusal(limiter: RateLimiterMemory, key: string): Promise<RateLimiterRes | undefined> {
  try {
    await limiter.consume(key)
    return undefined
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error
    return error
  }
}
