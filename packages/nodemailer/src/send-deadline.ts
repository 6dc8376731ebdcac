/** Why a send was called off by us. */
export class SendDeadlineReached {
  readonly ms: number

  constructor(ms: number) {
    this.ms = ms
  }
}

/** Until the message begins to be transferred. */
const BEFORE_TRANSFER = 30_000
/** From then on, for the body and the reply to it (RFC 5321 §4.5.3.2.6). A shorter one makes duplicates: RFC 1047. */
const TRANSFER = 600_000

/**
 * Ends a send that takes too long. A deadline that the caller gave is for everything, the time in the queue included;
 * without one, a large message on a slow line is not cut off while it moves.
 */
export class SendDeadline {
  readonly #controller = new AbortController()
  readonly #parent: AbortSignal | undefined
  readonly #fixed: boolean
  #timer: NodeJS.Timeout | undefined
  readonly #onAbort = () => this.#controller.abort((this.#parent as { reason?: unknown }).reason)

  constructor(deadline: number | undefined, parent: AbortSignal | undefined) {
    this.#parent = parent
    this.#fixed = deadline !== undefined
    if (deadline !== undefined) this.#arm(deadline)
    if (parent?.aborted) this.#onAbort()
    else parent?.addEventListener('abort', this.#onAbort, { once: true })
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Work on the message itself begins, or goes on with another try. */
  works(): void {
    if (!this.#fixed) this.#arm(BEFORE_TRANSFER)
  }

  /** The message is in a queue, which is not the server's fault. */
  waits(): void {
    if (!this.#fixed) clearTimeout(this.#timer)
  }

  /** The message is being transferred. */
  transfers(): void {
    if (!this.#fixed) this.#arm(TRANSFER)
  }

  end(): void {
    clearTimeout(this.#timer)
    this.#parent?.removeEventListener('abort', this.#onAbort)
  }

  #arm(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#controller.abort(new SendDeadlineReached(ms)), ms)
  }
}
