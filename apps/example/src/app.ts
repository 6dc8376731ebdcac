import { timingSafeEqual } from 'node:crypto'
import { attachMailer, smtpHealth, smtpLiveness, smtpSettingsCheck } from '@postern/express'
import { DeliveryError, type Transporter } from '@postern/nodemailer'
import type { ReceivedMessage } from '@postern/testing'
import express, { type ErrorRequestHandler, type Express } from 'express'

export interface AppOptions {
  readonly transport: Transporter
  readonly from: string
  readonly inbox: (() => readonly ReceivedMessage[]) | undefined
  /** Whoever sends it as `authorization: Bearer …` may have settings checked. */
  readonly checkToken: string
}

declare module '@postern/express' {
  interface Register {
    mailer: Transporter
  }
}

/** An app as anyone might write it, with a transport from Postern. */
export function createApp({ transport, from, inbox, checkToken }: AppOptions): Express {
  const app = express()
  app.disable('x-powered-by')
  app.use(attachMailer(transport))

  app.get('/health/live', smtpLiveness())
  // It listens on this machine alone, so whoever asks may see the details.
  app.get('/health/smtp', smtpHealth(transport, { authorize: () => true }))
  app.post('/settings/check', smtpSettingsCheck({ authorize: ({ headers }) => isToken(headers.authorization, checkToken) }))

  app.post('/send', express.json({ limit: '1mb' }), async (request, response) => {
    const { to, subject, text } = fieldsOf(request.body)
    const { messageId, accepted, response: reply } = await request.mailer.sendMail({ from, to, subject, text })
    response.status(202).json({ messageId, accepted, response: reply, port: request.mailer.endpoint?.port })
  })

  app.get('/inbox', (_request, response) => {
    if (!inbox) throw new Problem(404, 'This app has an inbox only with the provider inside it, not with your own server.')
    response.json(inbox().map(({ id, from, to, subject, text, receivedAt }) => ({ id, from, to, subject, text, receivedAt })))
  })

  app.use(() => {
    throw new Problem(404, 'There is nothing here. Try GET /health/smtp, POST /settings/check, POST /send or GET /inbox.')
  })
  app.use(answerProblem)
  return app
}

function isToken(authorization: string | undefined, token: string): boolean {
  const [given, wanted] = [authorization ?? '', `Bearer ${token}`].map((text) => Buffer.from(text)) as [Buffer, Buffer]
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

/** An answer to a request that cannot be served (RFC 9457). */
class Problem extends Error {
  readonly status: number
  readonly details: object

  constructor(status: number, message: string, details: object = {}) {
    super(message)
    this.status = status
    this.details = details
  }
}

function fieldsOf(body: unknown): { readonly to: string; readonly subject: string; readonly text: string } {
  const given = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  const wrong = ['to', 'subject', 'text'].filter((name) => typeof given[name] !== 'string' || given[name] === '')
  if (wrong.length > 0) {
    throw new Problem(400, `The body should be JSON with "to", "subject" and "text" as strings; see to ${wrong.join(', ')}.`)
  }
  return given as { to: string; subject: string; text: string }
}

const answerProblem: ErrorRequestHandler = (error: unknown, _request, response, _next) => {
  const { status, message, details } = problemFrom(error)
  response.status(status).type('application/problem+json').send(JSON.stringify({ title: message, status, ...details }))
}

function problemFrom(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (DeliveryError.isInstance(error)) {
    const { code, delivery, retryable, advice } = error
    // The message itself is at fault, the server said no, or no server could be reached.
    const status = code === 'envelope-invalid' ? 422 : error.responseCode === undefined ? 503 : 502
    return new Problem(status, error.message, { code, delivery, retryable, advice })
  }
  // What Express finds wrong with a body has a status of its own.
  const { status = 500, message } = error as { readonly status?: number; readonly message: string }
  return new Problem(status, status < 500 ? message : 'Something went wrong in the app.')
}
