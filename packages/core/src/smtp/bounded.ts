import { SmtpError } from '../failure/smtp-error.ts'
import type { FailureCode } from '../failure/failure.ts'
import { timerMs } from '../clock.ts'
import type { CancelSignal } from './cancellation.ts'

/** The limits of one wait. */
export interface Bounds {
  /** Maximum duration in milliseconds. */
  readonly ms: number
  /** The failure code when the time is over. */
  readonly timeout: FailureCode
  readonly signal: CancelSignal
  /** Whether the timer is unreferenced, so that it does not keep the process alive. */
  readonly background?: boolean | undefined
}

/** The abort reason when a deadline, not the caller, aborted the signal. */
export class DeadlineReached {
  readonly ms: number

  constructor(ms: number) {
    this.ms = ms
  }
}

/** The abort reason when the selector was closed. A symbol, because an Error would capture a stack trace. */
export const CLOSED = Symbol('closed')

/** The abort reason when another connection was chosen while this one was still being opened. */
export const SUPERSEDED = Symbol('superseded')

/**
 * Waits for an event, limited by a timeout and a signal. `start` adds listeners and returns a function that removes them. That
 * function is called exactly once, whatever ends the wait, so no listener or timer is left behind.
 *
 * @throws SmtpError the timeout code of the bounds, `deadline` or `aborted`; or any error that `start` rejects with
 */
export function bounded<T>(
  { ms, timeout, signal, background }: Bounds,
  start: (resolve: (value: T) => void, reject: (error: unknown) => void) => () => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(abortError(signal, timeout, 0))
      return
    }
    const began = performance.now()
    let settled = false
    let stop: (() => void) | undefined
    const settle = (finish: () => void) => {
      if (settled) return
      settled = true
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      stop?.()
      finish()
    }
    const onAbort = () => settle(() => reject(abortError(signal, timeout, performance.now() - began)))
    const timer = ms === Infinity ? undefined : setTimeout(() => settle(() => reject(timeoutError(timeout, ms))), timerMs(ms))
    if (background) timer?.unref()
    signal.addEventListener('abort', onAbort)
    try {
      stop = start(
        (value) => settle(() => resolve(value)),
        (error) => settle(() => reject(error)),
      )
    } catch (error) {
      settle(() => reject(error))
    }
    if (settled) stop?.()
  })
}

/**
 * The error of a wait that was aborted.
 *
 * @param timeout the code used if the wait was superseded: to the caller, it timed out
 * @param waited milliseconds
 */
export function abortError({ reason }: Pick<CancelSignal, 'reason'>, timeout: FailureCode, waited: number): SmtpError {
  if (reason === SUPERSEDED) return timeoutError(timeout, waited)
  if (reason instanceof DeadlineReached) return new SmtpError({ code: 'deadline', values: { seconds: seconds(reason.ms) } })
  return new SmtpError({ code: 'aborted' })
}

function timeoutError(code: FailureCode, ms: number): SmtpError {
  return new SmtpError({ code, values: { seconds: seconds(ms) } })
}

/** Seconds, rounded for a sentence: 10, 1.8, 0.3. */
function seconds(ms: number): number {
  return Number((ms / 1000).toFixed(ms < 10_000 ? 1 : 0))
}
