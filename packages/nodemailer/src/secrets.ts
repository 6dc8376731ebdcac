import { type Credentials, redact } from '@postern/core'

/** The secrets in use, the transport's and those that messages bring along, for taking them out of others' words. */
export class Secrets {
  readonly #known: Set<Credentials>

  constructor(auth: Credentials | undefined) {
    this.#known = new Set(auth ? [auth] : [])
  }

  /** Knows one more until the message it came with is done. */
  add(auth: Credentials): () => void {
    this.#known.add(auth)
    return () => void this.#known.delete(auth)
  }

  /** A text without them. */
  hide(text: string): string {
    return [...this.#known].reduce(redact, text)
  }
}
