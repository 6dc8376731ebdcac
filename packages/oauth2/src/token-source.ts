import { type Clock, assertPositive, type SecretRequest } from '@postern/core'
import type { TokenGrant } from './grants/grant.ts'
import type { RequestTokenOptions } from './limited-request.ts'
import { OAuth2Error } from './oauth2-error.ts'
import { requestToken } from './request-token.ts'

/** Options of a token source. */
export interface TokenSourceOptions extends Omit<RequestTokenOptions, 'signal'> {
  /**
   * Milliseconds before its end at which a token is renewed, but no more than a tenth of its lifetime.
   * @default 300_000
   */
  readonly margin?: number | undefined
  /** Default: the system's. */
  readonly clock?: Pick<Clock, 'now'> | undefined
}

/**
 * Returns a valid access token: for `auth.accessToken`, or to be called directly.
 *
 * @throws OAuth2Error, or the signal's reason
 */
export type TokenSource = (request?: Partial<SecretRequest>) => Promise<string>

/** Milliseconds before its end at which a token is renewed. */
const MARGIN = 300_000

/** Milliseconds for which a token without a lifetime is cached. */
const UNKNOWN_LIFETIME = 300_000

/** Milliseconds without a request after a failure that is not retryable. */
const LASTING_PAUSE = 60_000

/** The same after a retryable failure, while the cached token is still valid. */
const RENEWAL_PAUSE = 30_000

/**
 * Caches the access token of a grant, and requests a new one before it expires or after a server refused it. Concurrent callers
 * share one request.
 *
 * @example
 * const accessToken = createTokenSource(refreshTokenGrant({ tokenEndpoint, clientId, refreshToken }))
 * createTransport({ host: 'smtp.example.com', auth: { user: 'you@example.com', accessToken } })
 */
export function createTokenSource(grant: TokenGrant, options: TokenSourceOptions = {}): TokenSource {
  const { margin, deadline } = options
  assertPositive({ margin, deadline })
  const tokens = new Tokens(grant, options)
  return (request) => tokens.get(request)
}

/** An access token, with times in milliseconds since the epoch. */
interface Token {
  readonly text: string
  readonly renewAt: number
  readonly endsAt: number
  /** Whether it was returned for a first login: only then can it be the one that a server refused. */
  wasUsed: boolean
}

/** A request in progress. */
interface Flight {
  readonly token: Promise<Token>
  readonly controller: AbortController
  waiting: number
}

class Tokens {
  readonly #grant: TokenGrant
  readonly #options: TokenSourceOptions
  readonly #clock: Pick<Clock, 'now'>
  readonly #margin: number
  #token: Token | undefined
  #flight: Flight | undefined
  #failure: { readonly error: unknown; readonly until: number } | undefined

  constructor(grant: TokenGrant, options: TokenSourceOptions) {
    this.#grant = grant
    this.#options = options
    this.#clock = options.clock ?? Date
    this.#margin = options.margin ?? MARGIN
  }

  async get({ renew = false, signal }: Partial<SecretRequest> = {}): Promise<string> {
    signal?.throwIfAborted()
    // A token that no first login has used was requested by another connection's renewal: it was not refused.
    if (renew && this.#token?.wasUsed) this.#token = undefined
    const now = this.#clock.now()
    const known = this.#token && now < this.#token.endsAt ? this.#token : undefined
    const token = known && (renew || now < known.renewAt) ? known : await this.#renewed(known, signal)
    if (!renew) token.wasUsed = true
    return token.text
  }

  /** @param known a token that is still valid, as a fallback */
  async #renewed(known: Token | undefined, signal: AbortSignal | undefined): Promise<Token> {
    const { error, until = 0 } = this.#failure ?? {}
    if (this.#clock.now() < until) {
      if (known) return known
      throw error
    }
    try {
      return await this.#request(signal)
    } catch (error) {
      if (!known || signal?.aborted) throw error
      return known
    }
  }

  async #request(signal: AbortSignal | undefined): Promise<Token> {
    const flight = (this.#flight ??= this.#start())
    flight.waiting += 1
    try {
      return await orAborted(flight.token, signal)
    } finally {
      flight.waiting -= 1
      if (flight.waiting === 0 && this.#flight === flight && this.#grant.isAbandonable) {
        this.#flight = undefined
        flight.controller.abort()
      }
    }
  }

  #start(): Flight {
    const controller = new AbortController()
    const began = this.#clock.now()
    const end = () => {
      // An aborted request may have been replaced.
      if (this.#flight?.controller === controller) this.#flight = undefined
    }
    const token = requestToken(this.#grant, { ...this.#options, signal: controller.signal }).then(
      ({ accessToken, lifetime = UNKNOWN_LIFETIME }) => {
        end()
        this.#failure = undefined
        const endsAt = began + lifetime
        return (this.#token = { text: accessToken, endsAt, renewAt: endsAt - Math.min(this.#margin, lifetime / 10), wasUsed: false })
      },
      (error: unknown) => {
        end()
        if (!controller.signal.aborted) this.#fail(error)
        throw error
      },
    )
    // All callers may have aborted.
    token.catch(() => {})
    return { token, controller, waiting: 0 }
  }

  #fail(error: unknown): void {
    const now = this.#clock.now()
    const isValid = this.#token !== undefined && now < this.#token.endsAt
    this.#failure = { error, until: now + pauseAfter(error, isValid) }
  }
}

/** Milliseconds until the next request. */
function pauseAfter(error: unknown, isValid: boolean): number {
  if (!OAuth2Error.isInstance(error)) return 0
  if (error.retryAfter !== undefined) return error.retryAfter
  if (!error.retryable) return LASTING_PAUSE
  return isValid ? RENEWAL_PAUSE : 0
}

async function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return await promise
  return await new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error)
    signal.addEventListener('abort', onAbort)
    void promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
