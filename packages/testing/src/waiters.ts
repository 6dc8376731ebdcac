/** Options of the provider's `waitFor…` methods. */
export interface WaitOptions {
  /** Aborts the wait: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

/** Promises that wait for a value. The owner calls {@link check} after every change. */
export class Waiters {
  readonly #checks = new Set<() => void>()
  readonly #closing = new AbortController()

  /** Resolves with the first value that `evaluate` returns. It is called now and at every {@link check}. */
  waitFor<T>(evaluate: () => T | undefined, options: WaitOptions = {}): Promise<T> {
    const signals = [this.#closing.signal, ...(options.signal ? [options.signal] : [])]
    return new Promise((resolve, reject) => {
      const stop = () => {
        this.#checks.delete(check)
        for (const signal of signals) signal.removeEventListener('abort', onAbort)
      }
      const check = () => {
        const value = evaluate()
        if (value === undefined) return
        stop()
        resolve(value)
      }
      const onAbort = () => {
        stop()
        reject(signals.find((signal) => signal.aborted)?.reason as Error)
      }
      for (const signal of signals) signal.addEventListener('abort', onAbort)
      this.#checks.add(check)
      check()
      if (this.#checks.has(check) && signals.some((signal) => signal.aborted)) onAbort()
    })
  }

  check(): void {
    for (const check of this.#checks) check()
  }

  /** Rejects every wait, now and later. */
  close(reason: Error): void {
    this.#closing.abort(reason)
  }
}
