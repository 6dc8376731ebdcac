// oxlint-disable-next-line typescript/triple-slash-reference -- packages that compile this file from source find the types no other way
/// <reference path="./rate-limiter-flexible.d.ts" />
import RateLimiterMemory from 'rate-limiter-flexible/lib/RateLimiterMemory.js'
import RateLimiterRes from 'rate-limiter-flexible/lib/RateLimiterRes.js'
import { timerMs } from '../clock.ts'

/** How many checks one caller may have, and in which time. */
export interface CheckRate {
  /** @default 10 */
  readonly checks?: number | undefined
  /** Milliseconds, 24 days at most. @default 60000 */
  readonly per?: number | undefined
}

/** Counts by key. Resolves with the seconds to wait once a key has had its share. */
export function rateLimit({ checks, per }: Required<CheckRate>): (key: string) => Promise<number | undefined> {
  const limiter = limit(checks!, timerMs(per!) / 1_000)
  return async (key) => {
    const refused = await refusal(limiter, key)
    return refused && Math.max(1, Math.ceil(refused.msBeforeNext / 1_000))
  }
}

/** So many at a time. Who finds no place is turned away at once: a queue would be one more thing to fill. */
export function placesFor(count: number): <T>(run: () => Promise<T>, full: () => T) => Promise<T> {
  // Places are not given back by time, but by those who leave.
  const limiter = limit(count, 0)
  return async (run, full) => {
    try {
      return (await refusal(limiter, PLACE)) ? full() : await run()
    } finally {
      // Who was turned away has been counted, too.
      await limiter.reward(PLACE)
    }
  }
}

const PLACE = 'place'

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
