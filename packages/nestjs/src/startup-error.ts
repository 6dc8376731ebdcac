import { inspect } from 'node:util'
import { type Attempt, NoUsableEndpointError } from '@postern/core'

/**
 * With `startup: 'ready'`, no mail can be sent. `message` has the cause and the failure of every endpoint, `advice` what to do, and
 * the stack, which Nest prints, both.
 *
 * @example
 * if (NoUsableEndpointError.isInstance(error)) console.error(error.advice, error.attempts)
 */
export class MailerStartupError extends NoUsableEndpointError {
  constructor(cause: NoUsableEndpointError, name?: string) {
    super(cause.attempts, cause.diagnosis)
    const mailer = name === undefined ? 'The mailer' : `The mailer "${name}"`
    this.name = 'MailerStartupError'
    const message = [`${mailer} is not ready. ${cause.message}`, ...cause.attempts.flatMap(line)].join('\n')
    this.cause = cause
    this.message = message
    // Nest prints the stack alone, so the advice stands there, too.
    const { stack } = captureStack(`${this.name}: ${message}\n${cause.advice}`)
    Object.defineProperty(this, 'stack', { value: stack, writable: true, configurable: true })
  }

  /** As `console` prints it: everything is in the stack. */
  override [inspect.custom](): string {
    return this.stack!
  }
}

/** The stack of the caller's caller under another header. */
function captureStack(header: string): { readonly stack: string } {
  const frames = { stack: '' }
  Error.captureStackTrace(frames, MailerStartupError)
  return { stack: `${header}${frames.stack.slice(frames.stack.indexOf('\n    at '))}` }
}

function line({ endpoint, failure }: Attempt): string[] {
  return failure ? [`- ${endpoint.host}:${endpoint.port}, ${failure.stage}: ${failure.message} (${failure.code})`] : []
}
