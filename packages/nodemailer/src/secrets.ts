import { type Credentials, redact } from '@postern/core'

/** Of the secrets that a function gave, how many are remembered: what expired long ago is no secret. */
const MOST_LEARNT = 16

/** The secrets in use, the transport's and those that messages bring along, for taking them out of others' words. */
export class Secrets {
  readonly #known = new Set<Credentials>()
  /** The oldest first. */
  readonly #learnt = new Map<string, () => void>()
  /** Lists of lines that have been gone through: each connection has one, and repeats it with every message. */
  #lines = new WeakMap<readonly string[], readonly string[]>()

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
    let hidden = text
    for (const secret of this.#known) hidden = redact(hidden, secret)
    return hidden
  }

  /** Lines without them: the same ones, if there are none in them. */
  hideIn(lines: readonly string[]): readonly string[] {
    let hidden = this.#lines.get(lines)
    if (!hidden) {
      const shown = lines.map((line) => this.hide(line))
      hidden = shown.some((line, index) => line !== lines[index]) ? shown : lines
      this.#lines.set(lines, hidden)
    }
    return hidden
  }
}
