import type { Clock } from '@postern/core'

/** A clock that moves only when a test advances it. */
export class ManualClock implements Clock {
  time = Date.UTC(2026, 0, 1)
  readonly pending = new Set<{ readonly at: number; readonly run: () => void }>()

  now = (): number => this.time
  random = (): number => 0.5

  after = (ms: number, run: () => void): (() => void) => {
    const timer = { at: this.time + ms, run }
    this.pending.add(timer)
    return () => void this.pending.delete(timer)
  }

  /** Advances the time and runs the timers that are due. */
  advance(ms: number): void {
    this.time += ms
    // Timers set by these callbacks do not run yet.
    const due = [...this.pending].filter(({ at }) => at <= this.time)
    for (const timer of due) {
      this.pending.delete(timer)
      timer.run()
    }
  }
}
