import type { HealthMonitor, HealthMonitorOptions, HealthSource } from '@postern/core'
import { healthMonitorFor } from '@postern/core/http'

/**
 * Mail as a `healthCheck` of `@fastify/under-pressure`. It reports the status and is never unhealthy: an app that is unhealthy answers
 * every request with 503, although only mail is missing.
 *
 * @param source a transport of `@postern/nodemailer`, an endpoint selector, or a health monitor
 * @throws TypeError for any other source; SettingsError for invalid options
 * @returns a function that reports `{ smtp: 'pass' }`, `warn` or `fail`
 * @example
 * await app.register(underPressure, {
 *   healthCheck: smtpHealthCheck(mailer),
 *   healthCheckInterval: 30_000,
 *   exposeStatusRoute: { url: '/status', routeOpts: {}, routeResponseSchemaOpts: { smtp: { type: 'string' } } },
 * })
 */
export function smtpHealthCheck(source: HealthSource | HealthMonitor, options: HealthMonitorOptions = {}): () => Promise<{ readonly smtp: 'pass' | 'warn' | 'fail' }> {
  const monitor = healthMonitorFor(source, options)
  return async () => ({ smtp: (await monitor.check()).status })
}
