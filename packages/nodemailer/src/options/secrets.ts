import { type Credentials, redact } from '@postern/core'

/** How many secrets that functions and messages gave are remembered: what expired long ago is no secret. */
const MOST_LEARNT = 64

/** The secrets in use, the transport's and those that messages bring along, for taking them out of others' words. */
export class Secrets {
  readonly #known = new Set<Credentials>()
  /** The oldest first. */
  readonly #learnt = new Map<string, () => void>()
  /** Lists of lines that have been gone through: each connection has one, and repeats it with every message. */
  #lines = new WeakMap<readonly string[], readonly string[]>()

  /** Adds secrets for good. What is not a text, or empty, is no secret. */
  add(...secrets: readonly unknown[]): void {
    for (const one of secrets) this.#addOne(one)
  }

  /** Adds secrets that were given for a while, by a function or with a message, and forgets the oldest of them when there are many. */
  learn(...secrets: readonly unknown[]): void {
    for (const one of secrets) {
      if (typeof one !== 'string' || one === '' || this.#learnt.has(one)) continue
      const added = this.#addOne(one)
      if (added) this.#learnt.set(one, () => this.#known.delete(added))
    }
    for (const [old, forget] of [...this.#learnt].slice(0, -MOST_LEARNT)) {
      this.#learnt.delete(old)
      forget()
    }
  }

  #addOne(pass: unknown): Credentials | undefined {
    if (typeof pass !== 'string' || pass === '') return undefined
    const added: Credentials = { user: '', pass }
    this.#known.add(added)
    this.#lines = new WeakMap()
    return added
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
