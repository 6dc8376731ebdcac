import { type Attempt, NoUsableEndpointError } from '@postern/core'

/**
 * With `startup: 'ready'`, no mail can be sent. The message has the cause, the advice and the failure of every endpoint.
 *
 * @example
 * if (NoUsableEndpointError.isInstance(error)) console.error(error.diagnosis.advice, error.attempts)
 */
export class MailerStartupError extends NoUsableEndpointError {
  constructor(cause: NoUsableEndpointError, name?: string) {
    super(cause.attempts, cause.diagnosis)
    const mailer = name === undefined ? 'The mailer' : `The mailer "${name}"`
    this.name = 'MailerStartupError'
    this.message = [`${mailer} is not ready. ${cause.message}`, ...cause.attempts.flatMap(line)].join('\n')
    this.cause = cause
    // Nest prints the stack, which still has the message of the base class.
    Error.captureStackTrace(this, MailerStartupError)
  }
}

function line({ endpoint, failure }: Attempt): string[] {
  return failure ? [`- ${endpoint.host}:${endpoint.port}, ${failure.stage}: ${failure.message} (${failure.code})`] : []
}
