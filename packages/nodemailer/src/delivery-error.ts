import { inspect, type InspectOptions } from 'node:util'
import { type Attempt, endpointKey, type Failure, type FailureCode } from '@postern/core'

/** Whether the server can have the message. `unknown`: it may, and nobody can tell; look before sending again. */
export type Delivery = 'not-accepted' | 'unknown'

/** What a `DeliveryError` is made of. */
export interface DeliveryErrorInit {
  readonly failure: Failure
  readonly attempts: readonly Attempt[]
  readonly delivery: Delivery
  readonly retryable: boolean
  readonly response?: string | undefined
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
  /**
   * What the server said, without the login's secret. Only here, and not among what is printed or serialised: it is the
   * server's word, for those who are authorised to see it.
   */
  declare readonly response: string | undefined

  constructor({ failure, attempts, delivery, retryable, response }: DeliveryErrorInit) {
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
    Object.defineProperty(this, 'response', { value: response })
    Object.defineProperty(this, marker, { value: true })
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
