import { setTimeout } from 'node:timers/promises'

/** The clock and the timers of a login. */
export interface Time {
  /** Milliseconds since the epoch. */
  now(): number
  /** Resolves after `ms` milliseconds. Rejects if the signal fires. */
  wait(ms: number, signal: AbortSignal | undefined): Promise<void>
}

/** Its timers keep the process alive: a login is what the process waits for. */
export const systemTime: Time = {
  now: Date.now,
  async wait(ms, signal) {
    await setTimeout(ms, undefined, { signal })
  },
}
