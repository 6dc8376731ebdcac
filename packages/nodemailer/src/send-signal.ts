/**
 * As much of an `AbortSignal` as is asked of one here, by core and by nodemailer. Each message has one, nearly always for
 * nothing, and a real one would cost more than the rest of what Postern does for a message: 4 µs with its listener.
 */
export class SendSignal {
  aborted = false
  reason: unknown
  #listeners: (() => void)[] = []

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.push(listener)
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    const index = this.#listeners.indexOf(listener)
    if (index !== -1) this.#listeners.splice(index, 1)
  }

  abort(reason: unknown): void {
    if (this.aborted) return
    this.aborted = true
    this.reason = reason
    const told = this.#listeners
    this.#listeners = []
    for (const listener of told) listener()
  }
}
