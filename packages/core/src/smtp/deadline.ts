import { timerMs } from '../clock.ts'
import { DeadlineReached } from './bounded.ts'
import { Cancellation, type CancelSignal } from './cancellation.ts'

/**
 * The caller's signal and a total deadline as one signal; `end` takes the listener and the timer away.
 *
 * @param background whether the timer may not hold the process open
 */
export function withDeadline(
  ms: number,
  parent?: CancelSignal,
  background = false,
): { readonly signal: CancelSignal; readonly end: () => void } {
  const off = new Cancellation()
  const timer = setTimeout(() => off.abort(new DeadlineReached(ms)), timerMs(ms))
  if (background) timer.unref()
  const leave = parent && off.follow(parent)
  return {
    signal: off,
    end: () => {
      clearTimeout(timer)
      leave?.()
    },
  }
}
