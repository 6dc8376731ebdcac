import type { CancelSignal } from '../smtp/cancellation.ts'

/** Waits for a promise. Resolves with undefined if the signal is aborted first. */
export function untilAborted<T>(promise: Promise<T>, signal: CancelSignal | undefined): Promise<T | undefined> {
  if (!signal) return promise
  return new Promise((resolve, reject) => {
    const stop = () => resolve(undefined)
    if (signal.aborted) return stop()
    signal.addEventListener('abort', stop, { once: true })
    void promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
