import { type WaitOptions, Waits } from './waits.ts'

/** A connection whose reply is held back. */
interface Held {
  readonly isOver: () => boolean
  readonly proceed: () => void
}

/** The replies that a port holds back until the test releases them. */
export class Holds {
  #held: Held[] = []
  readonly #waits = new Waits()

  hold(held: Held): void {
    this.#held.push(held)
    this.#waits.check()
  }

  /** Sends what is held back now, oldest first. Returns how many replies that were. */
  release(): number {
    const held = this.#alive()
    this.#held = []
    for (const { proceed } of held) proceed()
    return held.length
  }

  /** Resolves once `count` replies are held back at the same time. */
  async until(count: number, options?: WaitOptions): Promise<void> {
    await this.#waits.until(() => (this.#alive().length >= count ? true : undefined), options)
  }

  close(): void {
    this.#held = []
    this.#waits.close(new Error('the provider was closed before a reply was held back'))
  }

  /** A client may have left meanwhile. */
  #alive(): Held[] {
    return this.#held.filter(({ isOver }) => !isOver())
  }
}
