import type { HealthMonitor, HealthSource } from '@postern/core'
import { createHealthRoute, type HealthRouteOptions, isAllowed, livenessResponse } from '@postern/core/http'
import type { FastifyPluginAsync } from 'fastify'
import type { Authorize } from './authorize.ts'
import { rawRoute } from './raw-route.ts'

/** Options of `smtpHealth`. Durations are milliseconds. */
export interface SmtpHealthOptions extends HealthRouteOptions {
  /** The path of the route, below the prefix. */
  readonly path: string
  /** A transport of `@postern/nodemailer`, an endpoint selector, or a health monitor, which keeps its own ttl. */
  readonly source: HealthSource | HealthMonitor
  /** Decides whether a caller sees the details. Every caller sees the status. @default nobody */
  readonly authorize?: Authorize | undefined
}

/**
 * A plug-in with a health route for outgoing mail: `pass` and `warn` are 200, `fail` is 503. It makes at most one check per ttl and
 * none while messages are accepted. After the first check it answers from the cache.
 *
 * @example
 * await app.register(smtpHealth, { path: '/health/smtp', source: mailer, authorize: (request) => request.user?.isOperator === true })
 */
export const smtpHealth: FastifyPluginAsync<SmtpHealthOptions> = async (app, { path, source, authorize, ...rest }) => {
  const route = createHealthRoute(source, rest)
  rawRoute(app, path, async (request) => {
    const authorized = await isAllowed(() => authorize?.(request))
    return await route({ method: request.method, authorized, ifNoneMatch: request.headers['if-none-match'] })
  })
}

/**
 * A plug-in with a liveness route that never checks mail, for Kubernetes' `livenessProbe`: a failure there restarts the pod.
 *
 * @example
 * await app.register(smtpLiveness, { path: '/health/live' })
 */
export const smtpLiveness: FastifyPluginAsync<{ readonly path: string }> = async (app, { path }) => {
  rawRoute(app, path, async ({ method }) => livenessResponse(method))
}
