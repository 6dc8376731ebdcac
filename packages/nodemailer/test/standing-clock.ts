import type { Clock } from '@postern/core'

/** A clock that stands still until a test fires the last timer. */
export function standingClock(): Clock & { ring(): void } {
  let waiting: (() => void) | undefined
  return {
    now: () => Date.UTC(2026, 0, 1),
    random: () => 0.5,
    after(_ms, run) {
      waiting = run
      return () => {
        waiting = undefined
      }
    },
    ring: () => waiting?.(),
  }
}
