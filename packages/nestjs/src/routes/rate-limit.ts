import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import type { CheckRate } from './options.ts'

/** Counts by key. Resolves with the seconds to wait once a key has had its share. */
export function rateLimit({ checks, per }: CheckRate): (key: string) => Promise<number | undefined> {
  const limiter = new RateLimiterMemory({ points: checks, duration: per / 1_000 })
  return async (key) => {
    try {
      await limiter.consume(key)
      return undefined
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error
      return Math.max(1, Math.ceil(error.msBeforeNext / 1_000))
    }
  }
}
