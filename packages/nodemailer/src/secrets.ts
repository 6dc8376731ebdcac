import { type Credentials, type LoginSettings, redact } from '@postern/core'

/** Of the secrets that a function gave, how many are remembered: what expired long ago is no secret. */
const MOST_LEARNT = 16

/** The secrets in use, the transport's and those that messages bring along, for taking them out of others' words. */
export class Secrets {
  readonly #known = new Map<string, Credentials>()
  readonly #learnt: string[] = []

  constructor(auth?: LoginSettings | undefined) {
    if (auth) this.#know('pass' in auth ? auth.pass : auth.accessToken)
  }

  /** Knows more until the message they came with is done. */
  add(...secrets: readonly unknown[]): () => void {
    const added = secrets.filter((secret) => this.#know(secret))
    return () => added.forEach((secret) => this.#known.delete(secret as string))
  }

  /** Knows one that is in use from now on, such as an access token that was just given. */
  learn(...secrets: readonly unknown[]): void {
    for (const secret of secrets) if (this.#know(secret)) this.#learnt.push(secret as string)
    for (const secret of this.#learnt.splice(0, this.#learnt.length - MOST_LEARNT)) this.#known.delete(secret)
  }

  /** A text without them. */
  hide(text: string): string {
    return [...this.#known.values()].reduce(redact, text)
  }

  /** Whether it is a secret that was not known yet. */
  #know(secret: unknown): boolean {
    if (typeof secret !== 'string' || secret === '' || this.#known.has(secret)) return false
    this.#known.set(secret, { user: '', pass: secret })
    return true
  }
}
