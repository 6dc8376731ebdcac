import { setMaxListeners } from 'node:events'
import { timerMs } from '../clock.ts'
import { DeadlineReached } from './bounded.ts'

/**
 * The caller's signal and a total deadline as one signal. `AbortSignal.any` would do, but holds on to a long-lived
 * source in the oldest supported Node; here `end` takes the listener and the timer away.
 *
 * @param background whether the timer may not hold the process open
 */
export function withDeadline(
  ms: number,
  parent?: AbortSignal,
  background = false,
): { readonly signal: AbortSignal; readonly end: () => void } {
  const controller = new AbortController()
  // As many wait on it as there are ports under way, which is no leak.
  setMaxListeners(0, controller.signal)
  const onAbort = () => controller.abort(parent?.reason)
  const timer = setTimeout(() => controller.abort(new DeadlineReached(ms)), timerMs(ms))
  if (background) timer.unref()
  if (parent?.aborted) onAbort()
  else parent?.addEventListener('abort', onAbort, { once: true })
  return {
    signal: controller.signal,
    end: () => {
      clearTimeout(timer)
      parent?.removeEventListener('abort', onAbort)
    },
  }
}
