import type { Clock } from '../src/clock.ts'

/** A clock that stands still until a test turns its hands. */
export class HandTurnedClock implements Clock {
  time = Date.UTC(2026, 0, 1)
  /** What `random` gives. 0.5 is no jitter at all. */
  chance = 0.5
  readonly pending = new Set<{ readonly at: number; readonly run: () => void }>()

  now = (): number => this.time
  random = (): number => this.chance

  after = (ms: number, run: () => void): (() => void) => {
    const timer = { at: this.time + ms, run }
    this.pending.add(timer)
    return () => void this.pending.delete(timer)
  }

  /** Milliseconds until each timer that is set, soonest first. */
  get waits(): number[] {
    return [...this.pending].map(({ at }) => at - this.time).sort((a, b) => a - b)
  }

  /** Turns the hands, and lets ring what is due by then. */
  turn(ms: number): void {
    this.time += ms
    // What is set by those that ring now is not due yet.
    const due = [...this.pending].filter(({ at }) => at <= this.time)
    for (const timer of due) {
      this.pending.delete(timer)
      timer.run()
    }
  }
}
