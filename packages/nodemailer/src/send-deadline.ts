import { SendSignal } from './send-signal.ts'

/** Why a send was called off by us. */
export class SendDeadlineReached {
  readonly ms: number

  constructor(ms: number) {
    this.ms = ms
  }
}

/** Until the message begins to be transferred. */
const BEFORE_TRANSFER = 30_000
/** After that, for the body and the reply to it (RFC 5321 §4.5.3.2.6). A shorter one makes duplicates: RFC 1047. */
const TRANSFER = 600_000

/**
 * Ends a send that takes too long. A deadline that the caller gave is for everything, the time in the queue included;
 * without one, a large message on a slow line is not cut off while it moves.
 */
export class SendDeadline extends SendSignal {
  /** The caller's own wish to call it off. */
  readonly parent: AbortSignal | undefined
  readonly #fixed: boolean
  #timer: NodeJS.Timeout | undefined
  #leaveParent: (() => void) | undefined

  constructor(deadline: number | undefined, parent: AbortSignal | undefined) {
    super()
    this.parent = parent
    this.#fixed = deadline !== undefined
    if (deadline !== undefined) this.#endAfter(deadline)
    if (parent) this.#follow(parent)
  }

  /** For core and nodemailer, which listen to it and read it; nothing native takes it. */
  get signal(): AbortSignal {
    return this as unknown as AbortSignal
  }

  /**
   * Work on the message itself begins, or goes on with another try.
   *
   * @param body tells whether it is being transferred
   */
  works(body: { readonly read: boolean }): void {
    if (this.#fixed) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      // One timer will do for nearly all messages, which are through before it ends.
      if (body.read) this.#endAfter(TRANSFER)
      else this.abort(new SendDeadlineReached(BEFORE_TRANSFER))
    }, BEFORE_TRANSFER)
  }

  /** The message is in a queue, which is not the server's fault. */
  waits(): void {
    if (!this.#fixed) clearTimeout(this.#timer)
  }

  end(): void {
    clearTimeout(this.#timer)
    this.#leaveParent?.()
  }

  #follow(parent: AbortSignal): void {
    const onAbort = () => this.abort((parent as { reason: unknown }).reason)
    if (parent.aborted) return onAbort()
    parent.addEventListener('abort', onAbort, { once: true })
    this.#leaveParent = () => parent.removeEventListener('abort', onAbort)
  }

  #endAfter(ms: number): void {
    this.#timer = setTimeout(() => this.abort(new SendDeadlineReached(ms)), ms)
  }
}
