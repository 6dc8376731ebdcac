/**
 * As much of an `AbortController` and its signal as is asked of them here. Every connection has several, nearly always for
 * nothing, and Node's own cost as much as all else that a wait does.
 */
export class CallOff {
  aborted = false
  reason: unknown
  readonly #listeners = new Set<() => void>()

  /** For those who listen to it and read it. Nothing native takes it. */
  get signal(): AbortSignal {
    return this as unknown as AbortSignal
  }

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

  /** Is aborted when the other one is. @returns what ends that */
  follow(other: AbortSignal): () => void {
    const onAbort = () => this.abort((other as { reason: unknown }).reason)
    if (other.aborted) onAbort()
    else other.addEventListener('abort', onAbort, { once: true })
    return () => other.removeEventListener('abort', onAbort)
  }
}

/** A signal as anybody may be given it: Node's own. */
export function nativeSignal(signal: AbortSignal): AbortSignal {
  if (signal instanceof AbortSignal) return signal
  const controller = new AbortController()
  const onAbort = () => controller.abort((signal as { reason: unknown }).reason)
  if ((signal as AbortSignal).aborted) onAbort()
  else (signal as AbortSignal).addEventListener('abort', onAbort)
  return controller.signal
}
