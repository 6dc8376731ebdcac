/** Where rules about time get it from, so that a test can turn the hands. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Calls back once, later; holds no process open. Returns how to call it off. */
  after(ms: number, run: () => void): () => void
  /** From 0 up to 1: the jitter. */
  random(): number
}

export const systemClock: Clock = {
  now: Date.now,
  after(ms, run) {
    const timer = setTimeout(run, ms).unref()
    return () => clearTimeout(timer)
  },
  random: Math.random,
}
