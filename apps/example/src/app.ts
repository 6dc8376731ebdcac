import type { Transporter } from '@postern/nodemailer'
import type { ReceivedMessage } from '@postern/testing'
import express, { type ErrorRequestHandler, type Express } from 'express'
import { fieldsOf, Problem, problemFrom } from './problem.ts'

export interface AppOptions {
  readonly transport: Transporter
  readonly from: string
  readonly inbox: (() => readonly ReceivedMessage[]) | undefined
}

/** An app as anyone might write it, with a transport from Postern. */
export function createApp({ transport, from, inbox }: AppOptions): Express {
  const app = express()
  app.disable('x-powered-by')

  app.get('/health/smtp', async (_request, response) => {
    const report = await transport.health()
    response.status(report.status === 'fail' ? 503 : 200)
    response.set('cache-control', 'max-age=5').type('application/health+json').send(JSON.stringify(report))
  })

  app.post('/send', express.json({ limit: '1mb' }), async (request, response) => {
    const { to, subject, text } = fieldsOf(request.body)
    const { messageId, accepted, response: reply } = await transport.sendMail({ from, to, subject, text })
    response.status(202).json({ messageId, accepted, response: reply, port: transport.endpoint?.port })
  })

  app.get('/inbox', (_request, response) => {
    if (!inbox) throw new Problem(404, 'This app has an inbox only with the provider inside it, not with your own server.')
    response.json(inbox().map(({ id, from, to, subject, text, receivedAt }) => ({ id, from, to, subject, text, receivedAt })))
  })

  app.use(() => {
    throw new Problem(404, 'There is nothing here. Try GET /health/smtp, POST /send or GET /inbox.')
  })
  app.use(answerProblem)
  return app
}

const answerProblem: ErrorRequestHandler = (error: unknown, _request, response, _next) => {
  const { status, message, details } = problemFrom(error)
  response.status(status).type('application/problem+json').send(JSON.stringify({ title: message, status, ...details }))
}
