import { createServer, type Server } from 'node:http'
import { describeSettingsForm } from '@postern/core'
import { closeAfterLastMessage } from '@postern/core/http'
import { attachMailer, smtpHealth, smtpLiveness, smtpSettingsCheck } from '@postern/express'
import type { Transporter } from '@postern/nodemailer'
import express, { type ErrorRequestHandler } from 'express'
import { Registry } from 'prom-client'
import { hasToken } from './check-token.ts'
import { inboxOf } from './inbox.ts'
import { MailJobs } from './mail-jobs.ts'
import type { MailSetup } from './mail-setup.ts'
import { sendNewsletter } from './newsletter.ts'
import { registerMail } from './observability/prometheus.ts'
import { mountPages } from './pages.ts'
import { fieldsOf, notFound } from './problem.ts'
import { sendPosted } from './send-posted.ts'
import { sendProblem } from './send-problem.ts'

export interface AppOptions {
  readonly transport: Transporter
  readonly newsletter: Transporter
  readonly mail: MailSetup
  /** Required as `authorization: Bearer …` for the settings check. */
  readonly checkToken: string
}

declare module '@postern/express' {
  interface Register {
    mailer: Transporter
  }
}

/** The server of an Express app that sends with Postern's transport. */
export function createApp({ transport, newsletter, mail, checkToken }: AppOptions): Server {
  const app = express()
  const server = createServer(app)
  app.disable('x-powered-by')
  app.use(attachMailer(transport, { closeWith: server, shutdownTimeout: 2000 }))
  mountPages(app, server, transport, mail)

  app.get('/health/live', smtpLiveness())
  // The app listens on loopback only, so every caller may see the details.
  app.get('/health/smtp', smtpHealth(transport, { authorize: () => true }))
  app.get('/settings/form', (_request, response) => {
    response.json(describeSettingsForm({ locale: mail.transport.locale }))
  })
  app.post('/settings/check', smtpSettingsCheck({ ...mail.check, authorize: ({ headers }) => hasToken(headers.authorization, checkToken) }))

  const metrics = new Registry()
  registerMail(transport, metrics)
  app.get('/metrics', async (_request, response) => {
    response.type(metrics.contentType).send(await metrics.metrics())
  })

  app.post('/send', express.json({ limit: '1mb' }), async (request, response) => {
    response.status(202).json(await sendPosted(request.mailer, mail.from, request.body))
  })

  const jobs = new MailJobs(transport)
  app.post('/jobs', express.json({ limit: '1mb' }), (request, response) => {
    const job = jobs.add({ from: mail.from, ...fieldsOf(request.body) })
    response.status(202).location(`/jobs/${job.id}`).json(job)
  })
  app.get('/jobs/:id', (request, response) => {
    response.json(jobs.get(request.params.id))
  })

  app.post('/newsletter', express.json({ limit: '1mb' }), async (request, response) => {
    response.status(202).json(await sendNewsletter(newsletter, mail.from, request.body))
  })
  server.once('close', () => void closeAfterLastMessage(newsletter, 2000))

  app.get('/inbox', (_request, response) => {
    response.json(inboxOf(mail))
  })

  app.use(() => {
    throw notFound()
  })
  app.use(answerProblem)
  return server
}

const answerProblem: ErrorRequestHandler = (error: unknown, _request, response, _next) => sendProblem(response, error)
