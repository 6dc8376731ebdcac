import { type Credentials, redact } from '@postern/core'

/** Of the secrets that a function gave, how many are remembered: what expired long ago is no secret. */
const MOST_LEARNT = 16

/** The secrets in use, the transport's and those that messages bring along, for taking them out of others' words. */
export class Secrets {
  readonly #known = new Set<Credentials>()
  /** The oldest first. */
  readonly #learnt = new Map<string, () => void>()
  /** Lists of lines that have been gone through: each connection has one, and repeats it with every message. */
  #lines = new WeakMap<readonly string[], string[]>()

  /** Knows more, for good or until the message they came with is done. What is no text is no secret. */
  add(...secrets: readonly unknown[]): () => void {
    const added = secrets.flatMap((pass): Credentials[] => (typeof pass === 'string' && pass !== '' ? [{ user: '', pass }] : []))
    for (const one of added) this.#known.add(one)
    if (added.length > 0) this.#lines = new WeakMap()
    return () => added.forEach((one) => this.#known.delete(one))
  }

  /** Knows one that was just given, and forgets the oldest of those if there are many. */
  learn(secret: string): void {
    if (!this.#learnt.has(secret)) this.#learnt.set(secret, this.add(secret))
    for (const [old, forget] of [...this.#learnt].slice(0, -MOST_LEARNT)) {
      this.#learnt.delete(old)
      forget()
    }
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
