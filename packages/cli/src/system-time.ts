import { setTimeout } from 'node:timers/promises'
import type { Time } from '@postern/oauth2'

/** The clock of the system, and timers that keep the process alive. */
export const systemTime: Time = {
  now: Date.now,
  async wait(ms, signal) {
    await setTimeout(ms, undefined, { signal })
  },
}
