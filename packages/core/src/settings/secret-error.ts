import { isMarked, mark } from '../error-marker.ts'

/** What a `SecretError` is made of. */
export interface SecretErrorInit {
  /** The cause. Stable: programs may rely on it. */
  readonly code: string
  /** What happened, in a sentence. It is shown, so it must not hold a secret. */
  readonly message: string
  /** What to do about it. Shown as well. */
  readonly advice: string
  /** Whether asking again later may succeed though nobody changes anything. */
  readonly retryable: boolean
}

/**
 * Thrown by a `SecretSource` to say why it has no secret: its code, message and advice become part of the failed login.
 * Nothing is shown of any other error that a source throws, as it may hold secrets.
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
  /** What to do about it. */
  readonly advice: string
  /** Whether asking again later may succeed though nobody changes anything. */
  readonly retryable: boolean

  constructor({ code, message, advice, retryable }: SecretErrorInit) {
    super(message)
    this.name = 'SecretError'
    this.code = code
    this.advice = advice
    this.retryable = retryable
    mark(this, 'SecretError')
  }

  /** Recognises the error even when it comes from another copy of the package. */
  static isInstance(error: unknown): error is SecretError {
    return isMarked(error, 'SecretError')
  }
}
