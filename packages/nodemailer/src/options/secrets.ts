import { type Credentials, redact } from '@postern/core'

/** The number of temporary secrets that are remembered. Older ones have expired. */
const MOST_LEARNT = 64

/** The secrets in use, of the transport and of single messages, to remove them from texts. */
export class Secrets {
  #known: readonly Credentials[] = []
  /** By secret, oldest first. */
  #learnt: Map<string, Credentials> | undefined
  /** The number of changes of the set of secrets. */
  #changes = 0

  /** Adds the credentials of the settings permanently. */
  addLogin(login: Credentials): void {
    // An array of exact length: V8 reserves room for 16 more elements in one that grows.
    this.#known = this.#known.concat(login)
    this.#changes += 1
  }

  /** Adds secrets permanently. Ignores values that are not a text, or are empty. */
  add(...secrets: readonly unknown[]): void {
    for (const pass of secrets) if (isSecret(pass)) this.addLogin({ user: '', pass })
  }

  /** Adds temporary secrets, from functions or messages. The oldest ones are forgotten if there are many. */
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

  /** Removes the secrets from a text. */
  hide(text: string): string {
    const hidden = this.#known.reduce(redact, text)
    return this.#learnt ? [...this.#learnt.values()].reduce(redact, hidden) : hidden
  }

  /** Removes the secrets from lines. Returns the same array if it contains none. */
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

/** A cache of checked arrays: the EHLO reply of a connection is passed with every message. */
const searched = new WeakMap<readonly string[], Searched>()

function isSecret(one: unknown): one is string {
  return typeof one === 'string' && one !== ''
}

function secretOf(login: Credentials): string {
  return 'pass' in login ? login.pass : login.accessToken
}
