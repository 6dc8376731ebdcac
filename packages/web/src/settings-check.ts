import { assertAuthorize, createSettingsCheckRoute, type SettingsCheckRouteOptions } from '@postern/core/http'
import type { Authorize, WebHandler } from './handler.ts'
import { toResponse } from './to-response.ts'

/** Options of `smtpSettingsCheck`. Durations are milliseconds. */
export interface SmtpSettingsCheckOptions<Context = unknown> extends SettingsCheckRouteOptions {
  /** Decides whether a caller may use the check. Required, because the check connects to hosts that callers name. */
  readonly authorize: Authorize<Context>
  /**
   * Identifies a caller for the rate limit, for instance by the user or the address. Required, because a `Request` has no address.
   * `everyone`: all callers share one limit.
   */
  readonly caller: 'everyone' | ((request: Request, context: Context) => string)
}

/**
 * Checks the SMTP settings that an admin form posts: `{ "settings": {…}, "probe": false, "login": false }`. The answer
 * repeats nothing that the client or the SMTP server sent. The handler reads the body itself, so nothing may read it before.
 *
 * @throws TypeError without `authorize` or `caller`; SettingsError for invalid options
 * @example
 * const check = smtpSettingsCheck({ authorize: isAdmin, caller: (request) => userOf(request) })
 * app.post('/settings/check', (c) => check(c.req.raw))
 */
export function smtpSettingsCheck<Context = unknown>(options: SmtpSettingsCheckOptions<Context>): WebHandler<Context> {
  const { authorize, caller } = options ?? {}
  assertAuthorize('smtpSettingsCheck', authorize)
  if (caller !== 'everyone' && typeof caller !== 'function') throw missingCaller()
  const route = createSettingsCheckRoute(options)
  return async (request, ...[given]) => {
    const context = given as Context
    const answer = await route({
      method: request.method,
      header: (name) => request.headers.get(name) ?? undefined,
      body: { chunks: () => chunksOf(request) },
      signal: request.signal,
      authorized: () => authorize(request, context),
      caller: () => (caller === 'everyone' ? caller : caller(request, context)),
    })
    return toResponse(answer)
  }
}

function missingCaller(): TypeError {
  const message =
    'smtpSettingsCheck() needs "caller", which identifies a caller for the rate limit: a function of the request, ' +
    "for instance (request) => userOf(request), or 'everyone' for one limit that all callers share."
  return Object.assign(new TypeError(message), { code: 'caller-missing' })
}

function chunksOf({ body, bodyUsed }: Request): AsyncIterator<Uint8Array> {
  if (bodyUsed) throw new Error('The body of the request was already read. Call the handler of smtpSettingsCheck() first, or with request.clone().')
  const reader = body?.getReader()
  return {
    next: async () => (await reader?.read()) ?? { done: true, value: undefined },
    async return() {
      // Not cancelled: some servers then close the connection before the response.
      reader?.releaseLock()
      return { done: true, value: undefined }
    },
  }
}
