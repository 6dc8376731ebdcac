import type { Endpoint } from '../endpoint.ts'
import { isSameEndpoint } from '../endpoint.ts'
import type { LoginSettings } from '../settings/settings.ts'
import type { Session } from '../smtp/session.ts'

/** Milliseconds that an open session waits for a message. */
const KEPT_FOR = 5_000

/**
 * Keeps one session that was opened and not needed, for the next message to the same endpoint. It keeps neither the process
 * running nor the selector in memory.
 */
export class SpareSession {
  #session: Session | undefined
  readonly #auth: LoginSettings | undefined
  readonly #timer: NodeJS.Timeout

  /** @param auth the login that the session is known to offer */
  constructor(session: Session, auth: LoginSettings | undefined) {
    this.#session = session
    this.#auth = auth
    session.keepProcess(false)
    this.#timer = setTimeout(() => this.close(), KEPT_FOR).unref()
  }

  /** Whether the session still waits for a message. */
  get isKept(): boolean {
    return this.#session !== undefined
  }

  /** The session, once, if it leads to this endpoint and is still open. */
  take(endpoint: Endpoint, auth: LoginSettings | undefined): Session | undefined {
    const session = this.#session
    if (!session || auth !== this.#auth || !isSameEndpoint(session.endpoint, endpoint)) return undefined
    if (!session.isIdle) {
      this.close()
      return undefined
    }
    clearTimeout(this.#timer)
    this.#session = undefined
    session.keepProcess(true)
    return session
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#session?.quit()
    this.#session = undefined
  }
}
