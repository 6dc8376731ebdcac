import { diagnose, inLocale, type Locale } from '@postern/core'
import { DeliveryError } from '@postern/nodemailer'

/** An error response as problem details (RFC 9457). */
export class Problem extends Error {
  readonly status: number
  readonly details: object

  constructor(status: number, message: string, details: object = {}) {
    super(message)
    this.status = status
    this.details = details
  }

  toJSON(): object {
    return { title: this.message, status: this.status, ...this.details }
  }
}

export function notFound(): Problem {
  return new Problem(404, 'There is nothing here. The app has printed its routes when it started.')
}

/** Reads the fields of a message from a request body. */
export function fieldsOf(body: unknown): { readonly to: string; readonly subject: string; readonly text: string } {
  const fields = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  const invalid = ['to', 'subject', 'text'].filter((name) => typeof fields[name] !== 'string' || fields[name] === '')
  if (invalid.length > 0) {
    throw new Problem(
      400,
      `The body should be JSON with "to", "subject" and "text" as strings. Missing or not a string: ${invalid.join(', ')}.`,
    )
  }
  // No other field of the body: `attachments` could name files of this machine.
  const { to, subject, text } = fields as { to: string; subject: string; text: string }
  return { to, subject, text }
}

/** Converts an error to a response, whose message and advice are in the given language, or in that of the mailer. */
export function problemFrom(error: unknown, locale?: Locale): Problem {
  if (error instanceof Problem) return error
  if (DeliveryError.isInstance(error)) {
    const { code, delivery, retryable } = error
    const { message, advice } = locale ? inLocale(diagnose(error), locale) : error
    // The message is invalid, no server was reached, or the server refused the message.
    const status = code === 'envelope-invalid' ? 422 : error.responseCode === undefined ? 503 : 502
    return new Problem(status, message, { code, delivery, retryable, advice })
  }
  // Errors that a framework reports for a request have a status.
  const { statusCode = 500, status = statusCode, message } = error as { readonly status?: number; readonly statusCode?: number; readonly message: string }
  return new Problem(status, status < 500 ? message : 'Internal error.')
}
