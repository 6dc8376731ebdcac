import { DeliveryError } from '@postern/nodemailer'

/** An answer to a request that cannot be served (RFC 9457). */
export class Problem extends Error {
  readonly status: number
  readonly details: object

  constructor(status: number, message: string, details: object = {}) {
    super(message)
    this.status = status
    this.details = details
  }
}

/** What a message is made of, from the body of a request. */
export function fieldsOf(body: unknown): { readonly to: string; readonly subject: string; readonly text: string } {
  const given = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  const wrong = ['to', 'subject', 'text'].filter((name) => typeof given[name] !== 'string' || given[name] === '')
  if (wrong.length > 0) {
    throw new Problem(
      400,
      `The body should be JSON with "to", "subject" and "text" as strings. Missing or no string: ${wrong.join(', ')}.`,
    )
  }
  return given as { to: string; subject: string; text: string }
}

/** What to tell of an error, in a way that helps. */
export function problemFrom(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (DeliveryError.isInstance(error)) {
    const { code, delivery, retryable, advice } = error
    // The message itself is at fault, the server said no, or no server could be reached.
    const status = code === 'envelope-invalid' ? 422 : error.responseCode === undefined ? 503 : 502
    return new Problem(status, error.message, { code, delivery, retryable, advice })
  }
  // What a framework finds wrong with a request has a status of its own.
  const { status = 500, message } = error as { readonly status?: number; readonly message: string }
  return new Problem(status, status < 500 ? message : 'Something went wrong in the app.')
}
