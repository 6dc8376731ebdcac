import { timerMs } from '../clock.ts'
import { DeadlineReached } from './bounded.ts'
import { Cancellation, type CancelSignal } from './cancellation.ts'

/**
 * Combines the caller's signal and a total deadline in one signal. `end` removes the listener and the timer.
 *
 * @param ms milliseconds; `Infinity` for no limit
 * @param background whether the timer is unreferenced
 */
export function withDeadline(
  ms: number,
  parent?: CancelSignal,
  background = false,
): { readonly signal: CancelSignal; readonly end: () => void } {
  const cancellation = new Cancellation()
  const timer = ms === Infinity ? undefined : setTimeout(() => cancellation.abort(new DeadlineReached(ms)), timerMs(ms))
  if (background) timer?.unref()
  const unfollow = parent && cancellation.follow(parent)
  return {
    signal: cancellation,
    end: () => {
      clearTimeout(timer)
      unfollow?.()
    },
  }
}
