import { inspect, type InspectOptions } from 'node:util'
import { type Attempt, type Diagnosis, endpointKey, type Failure, type FailureCode, type FailureReason } from '@postern/core'
import type { NodemailerError } from 'nodemailer'

/** Whether the server may have the message. `unknown`: it may have accepted it; check before sending again. */
export type Delivery = 'not-accepted' | 'unknown'

/** Options of `DeliveryError`. */
export interface DeliveryErrorInit {
  readonly failure: Failure
  readonly attempts: readonly Attempt[]
  readonly delivery: Delivery
  readonly retryable: boolean
  readonly response?: string | undefined
  readonly command?: string | undefined
  readonly permanent?: boolean | undefined
  readonly rejected?: readonly string[] | undefined
  readonly rejectedErrors?: readonly NodemailerError[] | undefined
  readonly diagnosis?: Diagnosis | undefined
  readonly cause?: unknown
}

const marker = Symbol.for('postern.error.DeliveryError')

/**
 * A message was not accepted, or its outcome is unknown. `message` has the cause, `advice` what to do. They and the printed
 * form contain no text from the server and no secret.
 *
 * @example
 * try { await transport.sendMail(mail) } catch (error) {
 *   if (DeliveryError.isInstance(error) && error.retryable) queue.retryLater(mail)
 * }
 */
export class DeliveryError extends Error {
  readonly code: FailureCode
  readonly stage: Failure['stage']
  /** What to do about it. */
  readonly advice: string
  /** Why the login was refused, if the server said it: `app-password-required`. */
  readonly reason: FailureReason | undefined
  /** Milliseconds after which the server wants to be tried again, with `rate-limited`, if it said so. */
  readonly retryAfter: number | undefined
  /** All failed attempts for this message, in order. */
  readonly attempts: readonly Attempt[]
  readonly delivery: Delivery
  /** Whether it is safe to send the same message again later, and doing so may succeed. */
  readonly retryable: boolean
  /** The SMTP reply code, if there is one. */
  readonly responseCode: number | undefined
  /** The enhanced status code (RFC 3463), if there is one. */
  readonly enhancedCode: string | undefined
  /** The failed command, with nodemailer's names: `MAIL FROM`, `RCPT TO`, `DATA`, `AUTH`, `CONN`, `API`. */
  readonly command: string | undefined
  /** Whether the reply is permanent: 5yz except 503, as in nodemailer, and except a rate limit. Undefined without a reply. */
  readonly permanent: boolean | undefined
  /** The refused recipients. */
  readonly rejected: readonly string[]
  /** The combined diagnosis of the attempts if no endpoint could be used, such as `network-blocks-smtp`. */
  readonly diagnosis: Diagnosis | undefined
  /**
   * The reply of the server, without the secret of the login. It is not printed or serialised, because it is text from the
   * server that only authorised users should see.
   */
  declare readonly response: string | undefined
  /** An error for each refused recipient, with `recipient`, `response` and `responseCode`. Not printed or serialised. */
  declare readonly rejectedErrors: readonly NodemailerError[]
  /** The error that nodemailer would have created, with its code, such as `EAUTH` or `EENVELOPE`. Not printed or serialised. */
  declare readonly cause: unknown

  constructor(init: DeliveryErrorInit) {
    const { failure, attempts, delivery, retryable, response, command, permanent, rejected = [], rejectedErrors = [], diagnosis, cause } = init
    super(failure.message)
    this.name = 'DeliveryError'
    this.code = failure.code
    this.stage = failure.stage
    this.advice = failure.advice
    this.reason = failure.reason
    this.retryAfter = failure.retryAfter
    this.attempts = attempts
    this.delivery = delivery
    this.retryable = retryable
    this.responseCode = failure.replyCode
    this.enhancedCode = failure.enhancedCode
    this.command = command
    this.permanent = permanent
    this.rejected = rejected
    this.diagnosis = diagnosis
    Object.defineProperties(this, {
      response: { value: response },
      rejectedErrors: { value: rejectedErrors },
      cause: { value: cause },
      [marker]: { value: true },
    })
  }

  /** The form that `console` prints: the stack, the advice, one line per attempt, and whether the message may have been accepted. */
  [inspect.custom](_depth: number, options: InspectOptions): string {
    const { code, stage, reason, advice, delivery, retryable, retryAfter, responseCode, enhancedCode } = this
    const attempts = this.attempts.map((attempt) => lineFor(attempt, this.message))
    const known = { reason, retryAfter, responseCode, enhancedCode }
    const given = Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined))
    const facts = { advice, code, stage, delivery, retryable, ...given, attempts }
    return `${this.stack} ${inspect(facts, options)}`
  }

  /** Recognises the error even when it comes from another copy of the package. */
  static isInstance(error: unknown): error is DeliveryError {
    return typeof error === 'object' && error !== null && marker in error
  }
}

/** The message of the error itself stands above: it is not repeated. */
function lineFor({ endpoint, outcome, stage, ms, failure }: Attempt, message: string): string {
  const why = failure ? `: ${failure.message === message ? failure.code : failure.message}` : ''
  return `${endpointKey(endpoint)} ${outcome} at ${stage} after ${Math.round(ms)} ms${why}`
}
