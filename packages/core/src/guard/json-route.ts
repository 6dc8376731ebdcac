import type { HttpResponse } from '../http-response.ts'
import { isAllowed } from '../is-allowed.ts'
import { assertPositive } from '../settings/assert-positive.ts'
import type { Locale } from '../text/index.ts'
import { localeFrom } from '../text/locale-from.ts'
import { throwAsync } from '../throw-async.ts'
import { type CheckRate, rateLimit } from './limits.ts'
import { problemResponse } from './problem.ts'
import { readBody, type RequestBody } from './read-body.ts'

/** The limits of a route that reads JSON. */
export interface JsonRouteOptions {
  /** The number of requests per caller and period. @default { checks: 10, per: 60000 } */
  readonly rate?: CheckRate | undefined
  /** The maximum size of a body in bytes. @default 32768 */
  readonly bodyLimit?: number | undefined
  /** Milliseconds within which the body must arrive. @default 10000 */
  readonly bodyTimeout?: number | undefined
  /** Called with unexpected errors. The client sees a problem without a cause. If it throws, that is an uncaught exception. */
  readonly onError?: ((error: unknown) => unknown) | undefined
}

/** A posted request, independent of a framework. */
export interface JsonExchange {
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

/** Handles one posted request. Never rejects. */
export type JsonRoute = (exchange: JsonExchange) => Promise<HttpResponse>

/** The body of a request that was let through. */
export interface JsonRequest {
  /** Parsed from JSON. */
  readonly body: unknown
  readonly locale: Locale
  readonly signal: AbortSignal
}

/**
 * A route for JSON without a framework. The order is: method, authorisation, rate limit, body, answer. The body of an unauthorised
 * request is not read, unless a parser of the framework has already read it.
 *
 * @throws SettingsError for invalid options
 * @example
 * const route = overNodeHttp(createJsonRoute({ rate: { checks: 5 } }, async ({ body }) => save(body)))
 */
export function createJsonRoute(options: JsonRouteOptions, answer: (request: JsonRequest) => Promise<HttpResponse>): JsonRoute {
  const { bodyLimit = 32_768, bodyTimeout = 10_000, onError } = options
  const { checks = 10, per = 60_000 } = options.rate ?? {}
  assertPositive({ 'rate.checks': checks, 'rate.per': per, bodyLimit, bodyTimeout })
  const takeTurn = rateLimit({ checks, per })

  const handle = async ({ method, header, body, signal, authorized, caller }: JsonExchange, locale: Locale): Promise<HttpResponse> => {
    if (method !== 'POST') return problemResponse('method-not-allowed', locale, { allow: 'POST' })
    if (!(await isAllowed(authorized))) return problemResponse('not-allowed', locale)
    const wait = await takeTurn(caller())
    if (wait !== undefined) return problemResponse('too-many-requests', locale, { 'retry-after': String(wait) })
    const read = await readBody(header, body, { bytes: bodyLimit, ms: bodyTimeout })
    if ('problem' in read) return problemResponse(read.problem, locale)
    return await answer({ body: read.body, locale, signal })
  }

  return async (exchange) => {
    const locale = localeFrom(exchange.header('accept-language'))
    return await handle(exchange, locale).catch((error: unknown) => {
      report(onError, error)
      return problemResponse('unexpected', locale)
    })
  }
}

/** Calls `onError`. Its own errors, also asynchronous ones, are thrown outside: the client gets its answer, and they stay visible. */
function report(onError: JsonRouteOptions['onError'], error: unknown): void {
  Promise.resolve(error).then(onError).catch(throwAsync)
}
