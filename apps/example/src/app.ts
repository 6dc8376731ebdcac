import { localeFrom, type SettingsCheckPolicy } from '@postern/core/http'
import { attachMailer, smtpHealth, smtpLiveness, smtpSettingsCheck } from '@postern/express'
import type { Transporter } from '@postern/nodemailer'
import type { ReceivedMessage } from '@postern/testing'
import express, { type ErrorRequestHandler, type Express } from 'express'
import { hasToken } from './check-token.ts'
import { fieldsOf, Problem, problemFrom } from './problem.ts'
import { settingsPage } from './settings-page.ts'

export interface AppOptions {
  readonly transport: Transporter
  readonly from: string
  readonly inbox: (() => readonly ReceivedMessage[]) | undefined
  /** What the settings check may contact. */
  readonly check: SettingsCheckPolicy
  /** Required as `authorization: Bearer …` for the settings check. */
  readonly checkToken: string
}

declare module '@postern/express' {
  interface Register {
    mailer: Transporter
  }
}

/** An Express app that sends with Postern's transport. */
export function createApp({ transport, from, inbox, check, checkToken }: AppOptions): Express {
  const app = express()
  app.disable('x-powered-by')
  app.use(attachMailer(transport))

  app.get('/health/live', smtpLiveness())
  // The app listens on loopback only, so every caller may see the details.
  app.get('/health/smtp', smtpHealth(transport, { authorize: () => true }))
  app.get('/settings', ({ headers }, response) => {
    response.type('html').send(settingsPage(localeFrom(headers['accept-language'])))
  })
  app.post('/settings/check', smtpSettingsCheck({ ...check, authorize: ({ headers }) => hasToken(headers.authorization, checkToken) }))

  app.post('/send', express.json({ limit: '1mb' }), async (request, response) => {
    const { to, subject, text } = fieldsOf(request.body)
    const { messageId, accepted, response: reply } = await request.mailer.sendMail({ from, to, subject, text })
    response.status(202).json({ messageId, accepted, response: reply, port: request.mailer.endpoint?.port })
  })

  app.get('/inbox', (_request, response) => {
    if (!inbox) throw new Problem(404, 'The inbox exists only with the built-in provider, not with your own server.')
    response.json(inbox().map(({ id, from, to, subject, text, receivedAt }) => ({ id, from, to, subject, text, receivedAt })))
  })

  app.use(() => {
    throw new Problem(404, 'There is nothing here. Try GET /health/smtp, GET /settings, POST /settings/check, POST /send or GET /inbox.')
  })
  app.use(answerProblem)
  return app
}

const answerProblem: ErrorRequestHandler = (error: unknown, _request, response, _next) => {
  const { status, message, details } = problemFrom(error)
  response.status(status).type('application/problem+json').send(JSON.stringify({ title: message, status, ...details }))
}
