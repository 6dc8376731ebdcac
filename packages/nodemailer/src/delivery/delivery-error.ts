import { inspect, type InspectOptions } from 'node:util'
import { type Attempt, type Diagnosis, endpointKey, type Failure, type FailureCode } from '@postern/core'
import type { NodemailerError } from 'nodemailer'

/** Whether the server can have the message. `unknown`: it may, and nobody can tell; look before sending again. */
export type Delivery = 'not-accepted' | 'unknown'

/** What a `DeliveryError` is made of. */
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
 * A message was not sent, or nobody knows. Its message and everything that prints hold no word of the server's and no
 * secret.
 *
 * @example
 * try { await transport.sendMail(mail) } catch (error) {
 *   if (DeliveryError.isInstance(error) && error.retryable) queue.retryLater(mail)
 * }
 */
export class DeliveryError extends Error {
  readonly code: FailureCode
  readonly stage: Failure['stage']
  readonly advice: string
  /** Every endpoint that was tried for this message, in order. */
  readonly attempts: readonly Attempt[]
  readonly delivery: Delivery
  /** Whether sending the same message again later is safe and may succeed. */
  readonly retryable: boolean
  /** The SMTP reply code, where the server gave one. */
  readonly responseCode: number | undefined
  /** The enhanced status code (RFC 3463), where the server gave one. */
  readonly enhancedCode: string | undefined
  /** The command that was under way, as nodemailer names it: `MAIL FROM`, `RCPT TO`, `DATA`, `AUTH`, `CONN`, `API`. */
  readonly command: string | undefined
  /** Whether the server's reply is final: nodemailer's rule, every 5yz but 503. Undefined without a reply. */
  readonly permanent: boolean | undefined
  /** The recipients that the server refused. */
  readonly rejected: readonly string[]
  /** What the attempts mean together, where no endpoint could be used, such as `network-blocks-smtp`. */
  readonly diagnosis: Diagnosis | undefined
  /**
   * What the server said, without the login's secret. Only here, and not among what is printed or serialised: it is the
   * server's word, for those who are authorised to see it.
   */
  declare readonly response: string | undefined
  /** One error for each refused recipient, with `recipient`, `response` and `responseCode`. Not printed or serialised either. */
  declare readonly rejectedErrors: readonly NodemailerError[]
  /** The error that nodemailer would have made, with its code, such as `EAUTH` or `EENVELOPE`. Not printed or serialised. */
  declare readonly cause: unknown

  constructor(init: DeliveryErrorInit) {
    const { failure, attempts, delivery, retryable, response, command, permanent, rejected = [], rejectedErrors = [], diagnosis, cause } = init
    super(`${failure.message} ${failure.advice}`)
    this.name = 'DeliveryError'
    this.code = failure.code
    this.stage = failure.stage
    this.advice = failure.advice
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

  /** As `console` prints it: one line for each endpoint that was tried, and what became of the message. */
  [inspect.custom](_depth: number, options: InspectOptions): string {
    const { code, stage, delivery, retryable, responseCode, enhancedCode } = this
    const attempts = this.attempts.map(lineFor)
    const facts = { code, stage, delivery, retryable, ...(responseCode && { responseCode }), ...(enhancedCode && { enhancedCode }), attempts }
    return `${this.stack} ${inspect(facts, options)}`
  }

  /** Recognises the error even when it comes from another copy of the package. */
  static isInstance(error: unknown): error is DeliveryError {
    return typeof error === 'object' && error !== null && marker in error
  }
}

function lineFor({ endpoint, outcome, stage, ms, failure }: Attempt): string {
  return `${endpointKey(endpoint)} ${outcome} at ${stage} after ${Math.round(ms)} ms${failure ? `: ${failure.message}` : ''}`
}
