import { type Credentials, redact } from '@postern/core'

/** The secrets in use, the transport's and those that messages bring along, for taking them out of others' words. */
export class Secrets {
  readonly #known: Set<Credentials>
  /** Lists of lines that have been gone through: each connection has one, and repeats it with every message. */
  #lines = new WeakMap<readonly string[], string[]>()

  constructor(auth: Credentials | undefined) {
    this.#known = new Set(auth ? [auth] : [])
  }

  /** Knows one more until the message it came with is done. */
  add(auth: Credentials): () => void {
    this.#known.add(auth)
    this.#lines = new WeakMap()
    return () => void this.#known.delete(auth)
  }

  /** A text without them. */
  hide(text: string): string {
    return [...this.#known].reduce(redact, text)
  }

  /** Lines without them. */
  hideIn(lines: readonly string[]): string[] {
    let hidden = this.#lines.get(lines)
    if (!hidden) this.#lines.set(lines, (hidden = lines.map((line) => this.hide(line))))
    return hidden
  }
}
