import type { FastifyRequest } from 'fastify'

/** Decides whether a request is allowed. Any result other than `true`, and any error, denies it. */
export type Authorize = (request: FastifyRequest) => boolean | Promise<boolean>
