/** Where rules about time get it from, so that a test can turn the hands. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Calls back once, later; holds no process open. Returns how to call it off. */
  after(ms: number, run: () => void): () => void
  /** From 0 up to 1: the jitter. */
  random(): number
}

/** What a timer of Node can hold, 24 days. Beyond it, `Infinity` included, Node fires at once. */
const LONGEST = 2 ** 31 - 1

/** Milliseconds as a timer takes them. */
export function timerMs(ms: number): number {
  return Math.min(ms, LONGEST)
}

export const systemClock: Clock = {
  now: Date.now,
  after(ms, run) {
    const timer = setTimeout(run, timerMs(ms)).unref()
    return () => clearTimeout(timer)
  },
  random: Math.random,
}
