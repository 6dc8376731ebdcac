import { type Clock, expectPositive, type SecretRequest } from '@postern/core'
import type { TokenGrant } from './grants/grant.ts'
import { OAuth2Error } from './oauth2-error.ts'
import { requestToken, type RequestTokenOptions } from './request-token.ts'

/** How tokens are kept and renewed. */
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
 * Gives an access token: for `auth.accessToken`, or to be called by hand.
 *
 * @throws OAuth2Error, or the signal's reason
 */
export type TokenSource = (request?: Partial<SecretRequest>) => Promise<string>

/** Milliseconds before its end at which a token is renewed. */
const MARGIN = 300_000

/** Milliseconds for which a token is kept when the endpoint does not say how long it is valid. */
const UNKNOWN_LIFETIME = 300_000

/** Milliseconds for which the endpoint is not asked again after a failure that does not pass by itself. */
const LASTING_PAUSE = 60_000

/** The same after a failure that passes, while the token is still valid. */
const RENEWAL_PAUSE = 30_000

/**
 * Keeps the access token of a grant, and requests another one when it is about to end or was refused. There is at most one
 * request at a time, which all callers share.
 *
 * @example
 * const accessToken = createTokenSource(refreshTokenGrant({ tokenEndpoint, clientId, refreshToken }))
 * createTransport({ host: 'smtp.example.com', auth: { user: 'you@example.com', accessToken } })
 */
export function createTokenSource(grant: TokenGrant, options: TokenSourceOptions = {}): TokenSource {
  const { margin, deadline } = options
  expectPositive({ margin, deadline })
  const tokens = new Tokens(grant, options)
  return (request) => tokens.get(request)
}

/** An access token, with times in milliseconds since the epoch. */
interface Token {
  readonly text: string
  readonly renewAt: number
  readonly endsAt: number
  /** Whether it was given for the first login of a connection, which a server may have refused. */
  wasGiven: boolean
}

/** A request under way. */
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
    // One that was never given for a first login is the renewal of another connection: it was not refused.
    if (renew && this.#token?.wasGiven) this.#token = undefined
    const now = this.#clock.now()
    const known = this.#token && now < this.#token.endsAt ? this.#token : undefined
    const token = known && (renew || now < known.renewAt) ? known : await this.#renewed(known, signal)
    if (!renew) token.wasGiven = true
    return token.text
  }

  /** @param known a token that is still valid, for when there is no other one */
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
    const token = requestToken(this.#grant, { ...this.#options, signal: controller.signal }).then(
      ({ accessToken, lifetime = UNKNOWN_LIFETIME }) => {
        this.#flight = this.#failure = undefined
        const endsAt = began + lifetime
        return (this.#token = { text: accessToken, endsAt, renewAt: endsAt - Math.min(this.#margin, lifetime / 10), wasGiven: false })
      },
      (error: unknown) => {
        if (!controller.signal.aborted) this.#fail(error)
        throw error
      },
    )
    // Callers that have left are not told.
    token.catch(() => {})
    return { token, controller, waiting: 0 }
  }

  #fail(error: unknown): void {
    this.#flight = undefined
    const now = this.#clock.now()
    const isValid = this.#token !== undefined && now < this.#token.endsAt
    this.#failure = { error, until: now + pauseAfter(error, isValid) }
  }
}

/** Milliseconds until the endpoint is asked again. */
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
