import type { HttpResponse } from '@postern/core/http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** Adds a route for all methods to a plug-in of its own, whose answer comes from core. No parser reads the body. */
export function rawRoute(app: FastifyInstance, path: string, answer: (request: FastifyRequest, reply: FastifyReply) => Promise<HttpResponse>): void {
  const handle = async (request: FastifyRequest, reply: FastifyReply) => {
    const { status, headers, body } = await answer(request, reply)
    // Fastify would add a charset to the type of a string.
    return await reply.code(status).headers(headers).send(body === '' ? undefined : Buffer.from(body))
  }
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
  // Fastify refuses a missing or malformed content type before the handler; core has an answer for it.
  app.setErrorHandler<Error & { readonly code?: string }>(async (error, request, reply) => {
    if (!error.code?.startsWith('FST_ERR_CTP_')) throw error
    return await handle(request, reply)
  })
  app.all(path, handle)
}
