import { type WaitOptions, Waiters } from './waiters.ts'

interface HeldReply {
  readonly isClosed: () => boolean
  readonly send: () => void
}

/** The replies that a port holds back until the test releases them. */
export class HeldReplies {
  #held: HeldReply[] = []
  readonly #waiters = new Waiters()

  add(reply: HeldReply): void {
    this.#held.push(reply)
    this.#waiters.check()
  }

  /** Sends the replies held now, oldest first, and returns how many there were. */
  release(): number {
    const held = this.#open()
    this.#held = []
    for (const { send } of held) send()
    return held.length
  }

  /** Resolves once `count` replies are held at the same time. */
  async waitFor(count: number, options?: WaitOptions): Promise<void> {
    await this.#waiters.waitFor(() => (this.#open().length >= count ? true : undefined), options)
  }

  close(): void {
    this.#held = []
    this.#waiters.close(new Error('the provider was closed before a reply was held back'))
  }

  /** Leaves out clients that have disconnected. */
  #open(): HeldReply[] {
    return this.#held.filter(({ isClosed }) => !isClosed())
  }
}
