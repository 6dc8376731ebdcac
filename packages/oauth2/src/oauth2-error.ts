import { format, type Locale, SecretError, type Texts, textsFor } from '@postern/core'

/** The key of a failure in the texts. */
export type Cause = keyof Texts['oauth2']

/** The stable codes of an `OAuth2Error`. */
export type OAuth2ErrorCode = `oauth2-${Cause}`

/** What an `OAuth2Error` is made of. */
export interface OAuth2ErrorInit {
  /** The code without `oauth2-`. */
  readonly cause: Cause
  /** The host of the token endpoint. */
  readonly endpoint: string
  /** The error code of the endpoint or the system, for the message. Never free text from the endpoint. */
  readonly detail?: string | undefined
  /** The duration of a timeout. */
  readonly seconds?: number | undefined
  readonly oauthError?: string | undefined
  readonly retryAfter?: number | undefined
  readonly locale?: Locale | undefined
}

/** Failures that may pass without a change of configuration. */
const passing: ReadonlySet<Cause> = new Set(['unavailable', 'unreachable', 'timeout'])

const marker = Symbol.for('postern.error.OAuth2Error')

/**
 * No access token could be obtained. Contains no secrets and no free text from the endpoint.
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
  /** The `error` of the response, if it is a known one: `invalid_grant`. */
  readonly oauthError: string | undefined
  /** `Retry-After` in milliseconds, if the response has it. */
  readonly retryAfter: number | undefined

  constructor({ cause, endpoint, detail, seconds, oauthError, retryAfter, locale = 'en' }: OAuth2ErrorInit) {
    const values = { endpoint, detail: detail || undefined, seconds }
    const translate = (language: Locale) => {
      const { message, advice } = textsFor(language).oauth2[cause]
      return { message: format(message, values), advice: format(advice, values) }
    }
    super({ code: `oauth2-${cause}`, ...translate(locale), retryable: passing.has(cause), translate })
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
