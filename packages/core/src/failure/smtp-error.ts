import type { FailureFacts } from './failure.ts'

/** Thrown by the SMTP code for a failure whose stage the caller adds. Never leaves core. */
export class SmtpError extends Error {
  readonly facts: Omit<FailureFacts, 'stage'>

  constructor(facts: Omit<FailureFacts, 'stage'>, options?: ErrorOptions) {
    super(facts.code, options)
    this.name = 'SmtpError'
    this.facts = facts
  }
}
