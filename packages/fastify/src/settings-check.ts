import { assertAuthorize, createSettingsCheckRoute, overNodeHttp, type SettingsCheckRouteOptions } from '@postern/core/http'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { Authorize } from './authorize.ts'
import { rawRoute } from './raw-route.ts'

/** Options of `smtpSettingsCheck`. Durations are milliseconds. */
export interface SmtpSettingsCheckOptions extends SettingsCheckRouteOptions {
  /** The path of the route, below the prefix. */
  readonly path: string
  /** Decides whether a caller may use the check. Required, because the check connects to hosts that callers name. */
  readonly authorize: Authorize
  /** Identifies a caller for the rate limit. @default `request.ip` */
  readonly caller?: ((request: FastifyRequest) => string) | undefined
}

/**
 * A plug-in with a route that checks the SMTP settings that an admin form posts:
 * `{ "settings": {…}, "probe": false, "login": false }`. The answer repeats nothing that the client or the SMTP server sent. It has a
 * content-type parser of its own, so the bodies of unauthorised callers are not read.
 *
 * @throws TypeError without `authorize`; SettingsError for invalid options
 * @example
 * await app.register(smtpSettingsCheck, { path: '/settings/check', authorize: (request) => request.user?.isAdmin === true })
 */
export const smtpSettingsCheck: FastifyPluginAsync<SmtpSettingsCheckOptions> = async (app, { path, authorize, caller = remoteAddress, ...options }) => {
  assertAuthorize('smtpSettingsCheck', authorize)
  const route = overNodeHttp(createSettingsCheckRoute(options))
  rawRoute(app, path, (request, reply) =>
    route({ request: request.raw, response: reply.raw, authorized: () => authorize(request), caller: () => caller(request) }),
  )
}

function remoteAddress({ ip }: FastifyRequest): string {
  return ip
}
