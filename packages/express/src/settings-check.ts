import { createSettingsCheckRoute, sendAnswer, type SettingsCheckRouteOptions } from '@postern/core/http'
import type { Request, RequestHandler } from 'express'
import type { Authorize } from './authorize.ts'

export interface SmtpSettingsCheckOptions extends SettingsCheckRouteOptions {
  /** Who may have settings checked. There is no default: the check connects where it is told to. */
  readonly authorize: Authorize
  /** Who counts as one caller. @default by `req.ip` */
  readonly caller?: ((request: Request) => string) | undefined
}

/**
 * Checks the SMTP settings that an admin form posts: `{ "settings": {…}, "probe": false, "login": false }`. Nothing that
 * was sent, and nothing a server says, is in the answer. Mount it before any body parser: one that comes first reads what
 * strangers post, too, with limits and errors of its own.
 *
 * @throws TypeError without `authorize`; SettingsError for options that cannot be read
 * @example
 * app.post('/settings/check', smtpSettingsCheck({ authorize: (req) => req.session.isAdmin, allow: ['relay.internal'] }))
 */
export function smtpSettingsCheck(options: SmtpSettingsCheckOptions): RequestHandler {
  const { authorize, caller = byAddress } = options ?? {}
  if (typeof authorize !== 'function') {
    throw Object.assign(new TypeError('smtpSettingsCheck() needs "authorize": it connects where whoever asks tells it to.'), {
      code: 'authorize-missing',
    })
  }
  const route = createSettingsCheckRoute(options)
  return (request, response, next) => {
    route({
      request,
      response,
      parsed: request.body,
      authorized: () => authorize(request),
      caller: () => caller(request),
    })
      .then((answer) => sendAnswer(response, answer))
      .catch(next)
  }
}

function byAddress(request: Request): string {
  return request.ip ?? ''
}
