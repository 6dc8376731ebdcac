import underPressure from '@fastify/under-pressure'
import { closeAfterLastMessage } from '@postern/core/http'
import { posternDashboard } from '@postern/dashboard/fastify'
import { posternPlugin, smtpHealth, smtpHealthCheck, smtpLiveness, smtpSettingsCheck } from '@postern/fastify'
import type { Transporter } from '@postern/nodemailer'
import fastify, { type FastifyInstance } from 'fastify'
import { hasToken } from '../check-token.ts'
import { dashboardFor } from '../dashboard.ts'
import { inboxOf } from '../inbox.ts'
import { assertLoopbackHost } from '../loopback-host.ts'
import type { MailSetup } from '../mail-setup.ts'
import { sendNewsletter } from '../newsletter.ts'
import { notFound } from '../problem.ts'
import { sendPosted } from '../send-posted.ts'
import { errorResponse } from '../send-problem.ts'

export interface AppOptions {
  readonly transport: Transporter
  readonly newsletter: Transporter
  readonly mail: MailSetup
  /** Required as `authorization: Bearer …` for the settings check. */
  readonly checkToken: string
}

declare module '@postern/fastify' {
  interface Register {
    mailer: Transporter
  }
}

/** A Fastify app that sends with Postern's transport. */
export async function createApp({ transport, newsletter, mail, checkToken }: AppOptions): Promise<FastifyInstance> {
  const app = fastify({ bodyLimit: 1_000_000, forceCloseConnections: true })
  app.addHook('onRequest', async ({ headers }) => assertLoopbackHost(headers.host))
  app.setErrorHandler((error, request, reply) => {
    const { status, headers, body } = errorResponse(error, request.headers['accept-language'])
    return reply.code(status).headers(headers).send(body)
  })
  app.setNotFoundHandler(() => {
    throw notFound()
  })

  await app.register(posternPlugin, { mailer: transport, shutdownTimeout: 2000 })
  app.addHook('onClose', () => closeAfterLastMessage(newsletter, 2000))
  await app.register(posternDashboard, { path: '/mail', dashboard: dashboardFor({ transactional: transport, newsletter }, mail) })
  app.get('/', (_request, reply) => reply.redirect('/mail/'))

  await app.register(smtpLiveness, { path: '/health/live' })
  // The app listens on loopback only, so every caller may see the details.
  await app.register(smtpHealth, { path: '/health/smtp', source: transport, authorize: () => true })
  await app.register(smtpSettingsCheck, { ...mail.check, path: '/settings/check', authorize: ({ headers }) => hasToken(headers.authorization, checkToken) })
  await app.register(underPressure, {
    // The start waits for the first check.
    healthCheck: smtpHealthCheck(transport, { deadline: 3000 }),
    healthCheckInterval: 30_000,
    exposeStatusRoute: { url: '/status', routeOpts: {}, routeResponseSchemaOpts: { smtp: { type: 'string' } } },
  })

  app.post('/send', async ({ body }, reply) => reply.code(202).send(await sendPosted(app.mailer, mail.from, body)))
  app.post('/newsletter', async ({ body }, reply) => reply.code(202).send(await sendNewsletter(newsletter, mail.from, body)))
  app.get('/inbox', async () => inboxOf(mail))
  return app
}
