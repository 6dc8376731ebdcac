import { toResponse } from '@postern/core/http'
import type { Dashboard } from '@postern/dashboard'
import type { SubmissionTransport, Transporter } from '@postern/nodemailer'
import { smtpHealth, smtpLiveness, smtpSettingsCheck } from '@postern/web'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import nodemailer from 'nodemailer'
import { hasToken } from '../check-token.ts'
import { inboxOf } from '../inbox.ts'
import { assertLoopbackHost } from '../loopback-host.ts'
import type { MailSetup } from '../mail-setup.ts'
import { sendNewsletter } from '../newsletter.ts'
import { notFound, Problem } from '../problem.ts'
import { sendPosted } from '../send-posted.ts'
import { errorResponse } from '../send-problem.ts'

export interface AppOptions {
  readonly transport: Transporter
  /** Postern as a plug-in of nodemailer's own transporter. */
  readonly newsletter: SubmissionTransport
  /** Of both mailers, at `/mail`. */
  readonly dashboard: Dashboard
  readonly mail: MailSetup
  /** Required as `authorization: Bearer …` for the settings check. */
  readonly checkToken: string
}

/** A Hono app that sends with Postern's transport. Other servers that answer a `Request` with a `Response` mount the same handlers. */
export function createApp({ transport, newsletter, dashboard, mail, checkToken }: AppOptions): Hono {
  const app = new Hono()
  app.use(async (c, next) => {
    assertLoopbackHost(c.req.header('host'))
    await next()
  })
  app.onError((error, c) => toResponse(errorResponse(error, c.req.header('accept-language'))))
  app.notFound(() => {
    throw notFound()
  })

  app.get('/', (c) => c.redirect('/mail/'))
  app.all('/mail/*', (c) => dashboard.handle(c.req.raw))

  const live = smtpLiveness()
  // The app listens on loopback only, so every caller may see the details.
  const health = smtpHealth(transport, { authorize: () => true })
  const check = smtpSettingsCheck({ ...mail.check, authorize: ({ headers }) => hasToken(headers.get('authorization') ?? undefined, checkToken), caller: 'everyone' })
  app.get('/health/live', (c) => live(c.req.raw))
  app.get('/health/smtp', (c) => health(c.req.raw))
  app.post('/settings/check', (c) => check(c.req.raw))

  const bulk = nodemailer.createTransport(newsletter, { headers: { precedence: 'bulk' } })
  const limit = bodyLimit({ maxSize: 1_000_000 })
  app.post('/send', limit, async (c) => c.json(await sendPosted(transport, mail.from, await jsonOf(c)), 202))
  app.post('/newsletter', limit, async (c) => c.json(await sendNewsletter(bulk, mail.from, await jsonOf(c)), 202))
  app.get('/inbox', (c) => c.json(inboxOf(mail)))
  return app
}

async function jsonOf({ req }: Context): Promise<unknown> {
  return await req.json().catch(() => {
    throw new Problem(400, 'The body should be JSON.')
  })
}
