import type { Endpoint } from '../endpoint.ts'
import { isSameEndpoint } from '../endpoint.ts'
import type { LoginSettings } from '../settings/settings.ts'
import type { Session } from '../smtp/session.ts'

/** Milliseconds for which a spare session is kept open. */
const KEPT_FOR = 5_000

/**
 * Keeps an unused session for the next message to the same endpoint. It keeps neither the process running nor the selector in
 * memory.
 */
export class SpareSession {
  #session: Session | undefined
  readonly #auth: LoginSettings | undefined
  readonly #timer: NodeJS.Timeout

  /** @param auth the login for which the session has qualified */
  constructor(session: Session, auth: LoginSettings | undefined) {
    this.#session = session
    this.#auth = auth
    session.keepProcess(false)
    this.#timer = setTimeout(() => this.close(), KEPT_FOR).unref()
  }

  /** Whether a session is kept. */
  get isKept(): boolean {
    return this.#session !== undefined
  }

  /** Removes and returns the session, if it is connected to this endpoint and still open. */
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
