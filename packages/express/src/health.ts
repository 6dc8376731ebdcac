import type { HealthMonitor, HealthSource } from '@postern/core'
import { isAllowed, createHealthRoute, type HealthRouteOptions, livenessResponse, sendResponse } from '@postern/core/http'
import type { RequestHandler } from 'express'
import type { Authorize } from './authorize.ts'

/** Options of `smtpHealth`. Durations are milliseconds. */
export interface SmtpHealthOptions extends HealthRouteOptions {
  /** Decides whether a caller sees the details. Every caller sees the status. @default nobody */
  readonly authorize?: Authorize | undefined
}

/**
 * A health route for outgoing mail: `pass` and `warn` are 200, `fail` is 503. It makes at most one check per ttl and none
 * while messages are accepted. After the first check it answers from the cache.
 *
 * @param source a transport of `@postern/nodemailer`, an endpoint selector, or a health monitor, which keeps its own ttl
 * @example
 * app.get('/health/smtp', smtpHealth(transport, { authorize: (req) => req.get('x-token') === process.env.HEALTH_TOKEN }))
 */
export function smtpHealth(source: HealthSource | HealthMonitor, options: SmtpHealthOptions = {}): RequestHandler {
  const { authorize, ...rest } = options
  const route = createHealthRoute(source, rest)
  return async (request, response, next) => {
    try {
      const authorized = await isAllowed(() => authorize?.(request))
      const ifNoneMatch = request.headers['if-none-match']
      sendResponse(response, await route({ method: request.method, authorized, ifNoneMatch }))
    } catch (error) {
      next(error)
    }
  }
}

/**
 * A liveness route that never checks mail, for Kubernetes' `livenessProbe`: a failure there restarts the pod.
 *
 * @example
 * app.get('/health/live', smtpLiveness())
 */
export function smtpLiveness(): RequestHandler {
  return (request, response) => sendResponse(response, livenessResponse(request.method))
}
