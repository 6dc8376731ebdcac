import { isMarked, mark } from '../error-marker.ts'
import type { Locale, Sentence } from '../text/index.ts'

/** Options of `SecretError`. */
export interface SecretErrorInit {
  /** The stable code of the cause. */
  readonly code: string
  /** What happened, in a sentence. Must not contain secrets, because it is shown. */
  readonly message: string
  /** What to do, in a sentence. Shown as well. */
  readonly advice: string
  /** Whether another attempt may succeed without a change of configuration. */
  readonly retryable: boolean
  /** Message and advice in another language. Default: they are the same in every language. */
  readonly translate?: ((locale: Locale) => Sentence) | undefined
}

/**
 * Thrown by a `SecretSource` to explain why it has no secret: its code, message and advice become part of the failure. Other
 * errors of a source are never shown, because they may contain secrets.
 *
 * @example
 * throw new SecretError({
 *   code: 'vault-sealed',
 *   message: 'The vault is sealed.',
 *   advice: 'Unseal it.',
 *   retryable: true,
 * })
 */
export class SecretError extends Error {
  readonly code: string
  /** What to do, in a sentence. */
  readonly advice: string
  /** Whether another attempt may succeed without a change of configuration. */
  readonly retryable: boolean
  readonly #translate: SecretErrorInit['translate']

  constructor({ code, message, advice, retryable, translate }: SecretErrorInit) {
    super(message)
    this.name = 'SecretError'
    this.code = code
    this.advice = advice
    this.retryable = retryable
    this.#translate = translate
    mark(this, 'SecretError')
  }

  /** Message and advice in a language, if the error has them in several; otherwise as they are. Never throws. */
  sentenceIn(locale: Locale): Sentence {
    const { message, advice } = this
    try {
      return this.#translate?.(locale) ?? { message, advice }
    } catch {
      return { message, advice }
    }
  }

  /** Recognises the error even when it comes from another copy of the package. */
  static isInstance(error: unknown): error is SecretError {
    return isMarked(error, 'SecretError')
  }
}
