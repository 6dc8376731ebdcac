import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { Dashboard } from './create-dashboard.ts'
import { sendWebResponse } from './mounts/send-web-response.ts'
import { toWebRequest } from './mounts/to-web-request.ts'

/** Options of `posternDashboard`. */
export interface PosternDashboardOptions {
  /** The path of the page, below the prefix: `/admin/mail`. */
  readonly path: string
  /** `authorize` gets Fastify's request as its context. */
  readonly dashboard: Dashboard<FastifyRequest>
}

/**
 * A plug-in with the page and its routes. Its content-type parsers are its own, so the bodies of unauthorised callers are not read.
 *
 * @example
 * const dashboard = createDashboard(mailer, { authorize: (_request, request: FastifyRequest) => request.user?.isAdmin === true })
 * await app.register(posternDashboard, { path: '/admin/mail', dashboard })
 */
export const posternDashboard: FastifyPluginAsync<PosternDashboardOptions> = async (app, { path, dashboard }) => {
  const below = path.replace(/\/+$/, '')
  const mount = `${app.prefix.replace(/\/+$/, '')}${below}`
  const handle = async (request: FastifyRequest, reply: FastifyReply) => {
    const response = await dashboard.handle(toWebRequest(request.raw, reply.raw), request, mount)
    reply.hijack()
    await sendWebResponse(reply.raw, response, reply.getHeaders() as Record<string, string>)
  }
  leaveBodies(app, handle)
  app.addHook('onClose', async () => dashboard.close())
  for (const route of [below, `${below}/*`]) app.all(route || '/', handle)
}

/** No parser reads the body, and a content type that none accepts is no error: the route has an answer for it. */
function leaveBodies(app: FastifyInstance, handle: (request: FastifyRequest, reply: FastifyReply) => Promise<void>): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
  app.setErrorHandler<Error & { readonly code?: string }>(async (error, request, reply) => {
    if (!error.code?.startsWith('FST_ERR_CTP_')) throw error
    await handle(request, reply)
  })
}
