import { assertAuthorize, createSettingsCheckRoute, overNodeHttp, sendResponse, type SettingsCheckRouteOptions } from '@postern/core/http'
import type { Request, RequestHandler } from 'express'
import type { Authorize } from './authorize.ts'

/** Options of `smtpSettingsCheck`. Durations are milliseconds. */
export interface SmtpSettingsCheckOptions extends SettingsCheckRouteOptions {
  /** Decides whether a caller may use the check. Required, because the check connects to hosts that callers name. */
  readonly authorize: Authorize
  /** Identifies a caller for the rate limit. @default `req.ip` */
  readonly caller?: ((request: Request) => string) | undefined
}

/**
 * Checks the SMTP settings that an admin form posts: `{ "settings": {…}, "probe": false, "login": false }`. The answer
 * repeats nothing that the client or the SMTP server sent. Mount it before any body parser: a parser in front reads bodies
 * of unauthorized callers, with its own limits and errors.
 *
 * @throws TypeError without `authorize`; SettingsError for invalid options
 * @example
 * app.post('/settings/check', smtpSettingsCheck({ authorize: (req) => req.session.isAdmin, allow: ['relay.internal'] }))
 */
export function smtpSettingsCheck(options: SmtpSettingsCheckOptions): RequestHandler {
  const { authorize, caller = remoteAddress } = options ?? {}
  assertAuthorize('smtpSettingsCheck', authorize)
  const route = overNodeHttp(createSettingsCheckRoute(options))
  return (request, response, next) => {
    route({
      request,
      response,
      parsed: request.body,
      authorized: () => authorize(request),
      caller: () => caller(request),
    })
      .then((answer) => sendResponse(response, answer))
      .catch(next)
  }
}

function remoteAddress(request: Request): string {
  return request.ip ?? ''
}
