import { timerMs } from '../clock.ts'
import { DeadlineReached } from './bounded.ts'
import { CallOff } from './call-off.ts'

/**
 * The caller's signal and a total deadline as one signal; `end` takes the listener and the timer away.
 *
 * @param background whether the timer may not hold the process open
 */
export function withDeadline(
  ms: number,
  parent?: AbortSignal,
  background = false,
): { readonly signal: AbortSignal; readonly end: () => void } {
  const off = new CallOff()
  const timer = setTimeout(() => off.abort(new DeadlineReached(ms)), timerMs(ms))
  if (background) timer.unref()
  const leave = parent && off.follow(parent)
  return {
    signal: off.signal,
    end: () => {
      clearTimeout(timer)
      leave?.()
    },
  }
}
