/** The part of `AbortSignal` that Postern uses. A native signal has it, and so does the cheaper `Cancellation`. */
export interface CancelSignal {
  readonly aborted: boolean
  readonly reason: unknown
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once?: boolean }): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/**
 * A light `AbortController` that is its own signal. Every connection and every message needs several, and a native
 * `AbortController` costs as much as the rest of a wait.
 */
export class Cancellation implements CancelSignal {
  aborted = false
  reason: unknown
  readonly #listeners = new Set<() => void>()

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.add(listener)
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.delete(listener)
  }

  abort(reason: unknown): void {
    if (this.aborted) return
    this.aborted = true
    this.reason = reason
    for (const listener of this.#listeners) listener()
    this.#listeners.clear()
  }

  /** Aborts when the other signal aborts. @returns a function that stops following it */
  follow(other: CancelSignal): () => void {
    const onAbort = () => this.abort(other.reason)
    if (other.aborted) onAbort()
    else other.addEventListener('abort', onAbort, { once: true })
    return () => other.removeEventListener('abort', onAbort)
  }
}

/** A native signal for functions of the caller, which may pass it to `fetch`. */
export function nativeSignal(signal: CancelSignal): AbortSignal {
  if (signal instanceof AbortSignal) return signal
  const controller = new AbortController()
  const onAbort = () => controller.abort(signal.reason)
  if (signal.aborted) onAbort()
  else signal.addEventListener('abort', onAbort)
  return controller.signal
}
