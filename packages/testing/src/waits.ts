/** How to wait for something that happens at a provider. */
export interface WaitOptions {
  /** Ends the wait: the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

/** Promises that resolve once a question has an answer. The owner calls {@link check} after every change. */
export class Waits {
  readonly #checks = new Set<() => void>()
  readonly #closing = new AbortController()

  /** Resolves once `answer` returns a value. It is called at once, and again at every {@link check}. */
  until<T>(answer: () => T | undefined, options: WaitOptions = {}): Promise<T> {
    const signals = [this.#closing.signal, ...(options.signal ? [options.signal] : [])]
    return new Promise((resolve, reject) => {
      const stop = () => {
        this.#checks.delete(check)
        for (const signal of signals) signal.removeEventListener('abort', onAbort)
      }
      const check = () => {
        const found = answer()
        if (found === undefined) return
        stop()
        resolve(found)
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

  /** Rejects every wait, those to come included. */
  close(reason: Error): void {
    this.#closing.abort(reason)
  }
}
