import { format, type Locale, SecretError, type Texts, textsFor } from '@postern/core'

/** The sentences by the last part of their code. */
export type Cause = keyof Texts['oauth2']

/** Why there is no token. Stable; each has a message and advice. */
export type OAuth2ErrorCode = `oauth2-${Cause}`

/** What an `OAuth2Error` is made of. */
export interface OAuth2ErrorInit {
  /** The part of the code behind `oauth2-`. */
  readonly cause: Cause
  /** The host of the token endpoint. */
  readonly endpoint: string
  /** The endpoint's or the system's own code, for the message. Never text that the endpoint wrote. */
  readonly detail?: string | undefined
  /** How long was waited, in a time-out. */
  readonly seconds?: number | undefined
  readonly oauthError?: string | undefined
  readonly retryAfter?: number | undefined
  readonly locale?: Locale | undefined
}

/** The rest stays until somebody changes something. */
const passing: ReadonlySet<Cause> = new Set(['unavailable', 'unreachable', 'timeout'])

const marker = Symbol.for('postern.error.OAuth2Error')

/**
 * There is no access token. Says why, and what to do; holds no secret and nothing that the endpoint wrote.
 *
 * @example
 * try {
 *   await accessToken()
 * } catch (error) {
 *   if (OAuth2Error.isInstance(error)) console.error(error.code, error.message, error.advice)
 * }
 */
export class OAuth2Error extends SecretError {
  declare readonly code: OAuth2ErrorCode
  /** The host of the token endpoint. */
  readonly endpoint: string
  /** The endpoint's `error`, where it is one that is known: `invalid_grant`. */
  readonly oauthError: string | undefined
  /** Milliseconds after which the endpoint wants to be asked again, where it says so. */
  readonly retryAfter: number | undefined

  constructor({ cause, endpoint, detail, seconds, oauthError, retryAfter, locale = 'en' }: OAuth2ErrorInit) {
    const { message, advice } = textsFor(locale).oauth2[cause]
    const values = { endpoint, detail: detail || undefined, seconds }
    super({ code: `oauth2-${cause}`, message: format(message, values), advice: format(advice, values), retryable: passing.has(cause) })
    this.name = 'OAuth2Error'
    this.endpoint = endpoint
    this.oauthError = oauthError
    this.retryAfter = retryAfter
    Object.defineProperty(this, marker, { value: true })
  }

  /** Recognises the error even when it comes from another copy of the package. */
  static override isInstance(error: unknown): error is OAuth2Error {
    return typeof error === 'object' && error !== null && marker in error
  }
}
