import type { FailureFacts } from './failure.ts'

/** Thrown inside the wire code: a failure that does not know its stage yet. Never leaves core. */
export class SmtpError extends Error {
  readonly facts: Omit<FailureFacts, 'stage'>

  constructor(facts: Omit<FailureFacts, 'stage'>) {
    super(facts.code)
    this.name = 'SmtpError'
    this.facts = facts
  }
}
