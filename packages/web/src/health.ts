import type { HealthMonitor, HealthSource } from '@postern/core'
import { createHealthRoute, type HealthRouteOptions, isAllowed, livenessResponse, toResponse } from '@postern/core/http'
import type { Authorize, WebHandler } from './handler.ts'

/** Options of `smtpHealth`. Durations are milliseconds. */
export interface SmtpHealthOptions<Context = unknown> extends HealthRouteOptions {
  /** Decides whether a caller sees the details. Every caller sees the status. @default nobody */
  readonly authorize?: Authorize<Context> | undefined
}

/**
 * A health route for outgoing mail: `pass` and `warn` are 200, `fail` is 503. It makes at most one check per ttl and none
 * while messages are accepted. After the first check it answers from the cache.
 *
 * @param source a transport of `@postern/nodemailer`, an endpoint selector, or a health monitor, which keeps its own ttl
 * @throws TypeError for any other source; SettingsError for an invalid `ttl` or `deadline`
 * @example
 * const health = smtpHealth(transport, { authorize: (request) => request.headers.get('x-token') === process.env.HEALTH_TOKEN })
 * app.get('/health/smtp', (c) => health(c.req.raw))
 */
export function smtpHealth<Context = unknown>(source: HealthSource | HealthMonitor, options: SmtpHealthOptions<Context> = {}): WebHandler<Context> {
  const { authorize, ...rest } = options
  const route = createHealthRoute(source, rest)
  return async (request, ...[context]) => {
    const authorized = await isAllowed(() => authorize?.(request, context as Context))
    const ifNoneMatch = request.headers.get('if-none-match') ?? undefined
    return toResponse(await route({ method: request.method, authorized, ifNoneMatch }))
  }
}

/**
 * A liveness route that never checks mail, for Kubernetes' `livenessProbe`: a failure there restarts the pod.
 *
 * @example
 * const live = smtpLiveness()
 * app.get('/health/live', (c) => live(c.req.raw))
 */
export function smtpLiveness(): WebHandler {
  return async (request) => toResponse(livenessResponse(request.method))
}
