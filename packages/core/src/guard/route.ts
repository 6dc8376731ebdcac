import { isAllowed } from '../is-allowed.ts'
import type { HttpResponse } from '../http-response.ts'
import { assertPositive } from '../settings/assert-positive.ts'
import type { Locale } from '../text/index.ts'
import { localeFrom } from '../text/locale-from.ts'
import { throwAsync } from '../throw-async.ts'
import { type CheckRate, rateLimit } from './limits.ts'
import { problemResponse } from './problem.ts'
import { readBody, type RequestBody } from './read-body.ts'
import { createSettingsCheck, type SettingsCheckPolicy } from './settings-check.ts'

/** Options of `createSettingsCheckRoute`: those of the check, and the limits of its requests. */
export interface SettingsCheckRouteOptions extends SettingsCheckPolicy {
  /** The number of checks per caller and period. @default { checks: 10, per: 60000 } */
  readonly rate?: CheckRate | undefined
  /** The maximum size of a body in bytes. @default 32768 */
  readonly bodyLimit?: number | undefined
  /** Milliseconds within which the body must arrive. @default 10000 */
  readonly bodyTimeout?: number | undefined
  /** Called with unexpected errors. The client sees a problem without a cause. If it throws, that is an uncaught exception. */
  readonly onError?: ((error: unknown) => unknown) | undefined
}

/** A request for the settings check, independent of a framework. */
export interface SettingsCheckExchange {
  readonly method: string
  /** The value of a header by its name in lower case. */
  readonly header: (name: string) => string | undefined
  readonly body: RequestBody
  /** Aborted when the client has disconnected. */
  readonly signal: AbortSignal
  /** Whether the request is authorised. Any value but `true` denies it, and so does an error. */
  readonly authorized: () => boolean | Promise<boolean>
  /** The key by which callers are told apart for the rate limit. */
  readonly caller: () => string
}

/** Handles one request for the settings check. Never rejects. */
export type SettingsCheckRoute = (exchange: SettingsCheckExchange) => Promise<HttpResponse>

/**
 * The settings check as a route without a framework. The order is: method, authorisation, rate limit, body, check. The body of
 * an unauthorised request is not read, unless a parser of the framework has already read it.
 *
 * @throws SettingsError for invalid options
 * @example
 * const route = overNodeHttp(createSettingsCheckRoute({ allow: ['relay.internal'] }))
 * const { status, headers, body } = await route({ request, response, authorized: () => isAdmin(request), caller: () => ip })
 */
export function createSettingsCheckRoute(options: SettingsCheckRouteOptions = {}): SettingsCheckRoute {
  const { bodyLimit = 32_768, bodyTimeout = 10_000, onError } = options
  const { checks = 10, per = 60_000 } = options.rate ?? {}
  assertPositive({ 'rate.checks': checks, 'rate.per': per, bodyLimit, bodyTimeout })
  const check = createSettingsCheck(options)
  const takeTurn = rateLimit({ checks, per })

  const answer = async ({ method, header, body, signal, authorized, caller }: SettingsCheckExchange, locale: Locale): Promise<HttpResponse> => {
    if (method !== 'POST') return problemResponse('method-not-allowed', locale, { allow: 'POST' })
    if (!(await isAllowed(authorized))) return problemResponse('not-allowed', locale)
    const wait = await takeTurn(caller())
    if (wait !== undefined) return problemResponse('too-many-requests', locale, { 'retry-after': String(wait) })
    const read = await readBody(header, body, { bytes: bodyLimit, ms: bodyTimeout })
    if ('problem' in read) return problemResponse(read.problem, locale)
    return await check({ body: read.body, locale, signal })
  }

  return async (exchange) => {
    const locale = localeFrom(exchange.header('accept-language'))
    return await answer(exchange, locale).catch((error: unknown) => {
      report(onError, error)
      return problemResponse('unexpected', locale)
    })
  }
}

/** Calls `onError`. Its own errors, also asynchronous ones, are thrown outside: the client gets its answer, and they stay visible. */
function report(onError: SettingsCheckRouteOptions['onError'], error: unknown): void {
  Promise.resolve(error).then(onError).catch(throwAsync)
}
