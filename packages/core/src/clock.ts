/** The source of time, timers and randomness. Tests replace it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Calls `run` once after `ms` milliseconds, without keeping the process alive. Returns a function that cancels it. */
  after(ms: number, run: () => void): () => void
  /** A number from 0 (inclusive) to 1 (exclusive), for jitter. */
  random(): number
}

/** The longest delay of a Node timer, 24 days. A longer one, `Infinity` included, would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** Limits a delay to what a Node timer can hold. */
export function timerMs(ms: number): number {
  return Math.min(ms, MAX_TIMER_MS)
}

export const systemClock: Clock = {
  now: Date.now,
  after(ms, run) {
    const timer = setTimeout(run, timerMs(ms)).unref()
    return () => clearTimeout(timer)
  },
  random: Math.random,
}
