import type { SubmissionTransport } from '@postern/nodemailer'

/** The messages that a transport was given and that have no outcome yet. */
export class InFlight {
  readonly #messages = new Set<AbortController>()
  readonly #waiting: (() => void)[] = []
  #aborted = false

  /** Counts what the transport is given from now on, whichever way it comes. */
  watch(transport: SubmissionTransport): void {
    const send = transport.send.bind(transport)
    transport.send = (mail, callback) => {
      const { data } = mail
      const { signal, end } = this.#begin(data.signal)
      data.signal = signal
      send(mail, (error, info) => {
        end()
        callback(error, info)
      })
    }
  }

  get count(): number {
    return this.#messages.size
  }

  /** Resolves when every message has its outcome. */
  async idle(): Promise<void> {
    if (this.#messages.size > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  /** Ends all messages, and those that come later. */
  abort(): void {
    this.#aborted = true
    for (const message of this.#messages) message.abort()
  }

  #begin(parent: AbortSignal | undefined): { readonly signal: AbortSignal; readonly end: () => void } {
    const controller = new AbortController()
    const onAbort = () => controller.abort(parent?.reason)
    if (this.#aborted) controller.abort()
    else if (parent?.aborted) onAbort()
    else parent?.addEventListener('abort', onAbort, { once: true })
    this.#messages.add(controller)
    return {
      signal: controller.signal,
      end: () => {
        parent?.removeEventListener('abort', onAbort)
        this.#messages.delete(controller)
        if (this.#messages.size === 0) for (const resolve of this.#waiting.splice(0)) resolve()
      },
    }
  }
}
