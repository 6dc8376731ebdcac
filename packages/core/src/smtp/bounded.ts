import { SmtpError } from '../failure/smtp-error.ts'
import type { FailureCode } from '../failure/failure.ts'
import { timerMs } from '../clock.ts'
import type { CancelSignal } from './cancellation.ts'

/** The limits of one wait. */
export interface Bounds {
  /** Milliseconds the wait may take. */
  readonly ms: number
  /** The failure when the time is over. */
  readonly timeout: FailureCode
  readonly signal: CancelSignal
  /** Whether the wait may not hold the process open. */
  readonly background?: boolean | undefined
}

/** The reason of a signal that was aborted by a deadline, and not by the caller. */
export class DeadlineReached {
  readonly ms: number

  constructor(ms: number) {
    this.ms = ms
  }
}

/** The selector was closed. As a reason a symbol costs nothing; Node would create an error with a stack trace. */
export const CLOSED = Symbol('closed')

/** Another connection was taken while this one was still waiting. */
export const SUPERSEDED = Symbol('superseded')

/**
 * Waits for one thing, no longer than it may take. `start` subscribes and returns how to unsubscribe, which happens
 * exactly once whatever comes first: so no wait leaves a listener or a timer behind.
 *
 * @throws SmtpError the bounds' timeout code, `deadline`, `aborted`, or what `start` rejects with
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

/** Why a wait ended with its signal, after so many milliseconds. `timeout` is what the wait is called when time alone ended it. */
export function abortError({ reason }: Pick<CancelSignal, 'reason'>, timeout: FailureCode, waited: number): SmtpError {
  if (reason === SUPERSEDED) return timeoutError(timeout, waited)
  if (reason instanceof DeadlineReached) return new SmtpError({ code: 'deadline', values: { seconds: seconds(reason.ms) } })
  return new SmtpError({ code: 'aborted' })
}

function timeoutError(code: FailureCode, ms: number): SmtpError {
  return new SmtpError({ code, values: { seconds: seconds(ms) } })
}

/** Milliseconds as seconds for a sentence: 10, 1.8, 0.3. */
function seconds(ms: number): number {
  return Number((ms / 1000).toFixed(ms < 10_000 ? 1 : 0))
}
