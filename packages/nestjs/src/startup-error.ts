import { type Attempt, NoUsableEndpointError } from '@postern/core'

/**
 * The app was told to wait until mail can be sent (`startup: 'ready'`), and it cannot. Tells the whole story: what is
 * wrong, what to do, and what came of every port.
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
    // What Nest prints is the stack, which has the message that the base class made.
    Error.captureStackTrace(this, MailerStartupError)
  }
}

function line({ endpoint, failure }: Attempt): string[] {
  return failure ? [`- ${endpoint.host}:${endpoint.port}, ${failure.stage}: ${failure.message} (${failure.code})`] : []
}
