/** What is read of a signal: a native `AbortSignal` has it, and so has a `Cancellation`, at a fraction of the cost. */
export interface CancelSignal {
  readonly aborted: boolean
  readonly reason: unknown
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once?: boolean }): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/**
 * Cancels work inside Postern. It is a `CancelSignal` and its own controller. Each connection and each message needs several,
 * nearly always for nothing, and a native `AbortController` costs as much as everything else a wait does.
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

  /** Aborts when the other signal does. @returns a function that ends this */
  follow(other: CancelSignal): () => void {
    const onAbort = () => this.abort(other.reason)
    if (other.aborted) onAbort()
    else other.addEventListener('abort', onAbort, { once: true })
    return () => other.removeEventListener('abort', onAbort)
  }
}

/** A native signal, for code outside Postern: a caller's function may pass it on to `fetch`. */
export function nativeSignal(signal: CancelSignal): AbortSignal {
  if (signal instanceof AbortSignal) return signal
  const controller = new AbortController()
  const onAbort = () => controller.abort(signal.reason)
  if (signal.aborted) onAbort()
  else signal.addEventListener('abort', onAbort)
  return controller.signal
}
