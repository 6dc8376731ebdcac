import { type Credentials, redact } from '@postern/core'

/** How many secrets that functions and messages gave are remembered: what expired long ago is no secret. */
const MOST_LEARNT = 64

/** The secrets in use, the transport's and those that messages bring along, for taking them out of others' words. */
export class Secrets {
  #known: readonly Credentials[] = []
  /** By the secret, the oldest first. */
  #learnt: Map<string, Credentials> | undefined
  /** How often another secret became known. */
  #changes = 0

  /** Adds the credentials of the settings for good. */
  addLogin(login: Credentials): void {
    // A list of its exact length: one that grows has room for sixteen more.
    this.#known = this.#known.concat(login)
    this.#changes += 1
  }

  /** Adds secrets for good. What is not a text, or empty, is no secret. */
  add(...secrets: readonly unknown[]): void {
    for (const pass of secrets) if (isSecret(pass)) this.addLogin({ user: '', pass })
  }

  /** Adds secrets that were given for a while, by a function or with a message, and forgets the oldest of them when there are many. */
  learn(...secrets: readonly unknown[]): void {
    for (const pass of secrets) {
      if (!isSecret(pass) || this.#isKnown(pass)) continue
      const learnt = (this.#learnt ??= new Map())
      learnt.set(pass, { user: '', pass })
      for (const [oldest] of learnt) if (learnt.size > MOST_LEARNT) learnt.delete(oldest)
      this.#changes += 1
    }
  }

  #isKnown(secret: string): boolean {
    return this.#learnt?.has(secret) || this.#known.some((login) => secretOf(login) === secret)
  }

  /** A text without them. */
  hide(text: string): string {
    const hidden = this.#known.reduce(redact, text)
    return this.#learnt ? [...this.#learnt.values()].reduce(redact, hidden) : hidden
  }

  /** Lines without them: the same ones, if there are none in them. */
  hideIn(lines: readonly string[]): readonly string[] {
    const known = searched.get(lines)
    if (known?.by === this && known.changes === this.#changes) return known.shown
    const hidden = lines.map((line) => this.hide(line))
    const shown = hidden.some((line, index) => line !== lines[index]) ? hidden : lines
    searched.set(lines, { by: this, changes: this.#changes, shown })
    return shown
  }
}

interface Searched {
  readonly by: Secrets
  readonly changes: number
  readonly shown: readonly string[]
}

/** Lists of lines that have been gone through: each connection has one, and repeats it with every message. */
const searched = new WeakMap<readonly string[], Searched>()

function isSecret(one: unknown): one is string {
  return typeof one === 'string' && one !== ''
}

function secretOf(login: Credentials): string {
  return 'pass' in login ? login.pass : login.accessToken
}
