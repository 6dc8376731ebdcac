import type { IncomingMessage, ServerResponse } from 'node:http'
import { setImmediate } from 'node:timers/promises'
import { isAllowed } from '../is-allowed.ts'
import type { HttpResponse } from '../http-response.ts'
import { assertPositive } from '../settings/assert-positive.ts'
import { localeFrom } from '../text/locale-from.ts'
import { type CheckRate, rateLimit } from './limits.ts'
import { problemResponse } from './problem.ts'
import { readBody } from './read-body.ts'
import { createSettingsCheck, type SettingsCheckPolicy } from './settings-check.ts'

export interface SettingsCheckRouteOptions extends SettingsCheckPolicy {
  /** The number of checks per caller and period. @default { checks: 10, per: 60000 } */
  readonly rate?: CheckRate | undefined
  /** The maximum size of a body in bytes. @default 32768 */
  readonly bodyLimit?: number | undefined
  /** Milliseconds within which the body must arrive. @default 10000 */
  readonly bodyTimeout?: number | undefined
  /** Called with unexpected errors. The client sees a problem without a cause. */
  readonly onError?: ((error: unknown) => unknown) | undefined
}

/** A request and its response, with what the framework knows about them. */
export interface SettingsCheckExchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** The body as parsed by the framework, if its parser has already read it. */
  readonly parsed?: unknown
  /** Whether the request is authorised. Any value but `true` denies it, and so does an error. */
  readonly authorized: () => boolean | Promise<boolean>
  /** The key by which callers are told apart for the rate limit. */
  readonly caller: () => string
}

/**
 * The settings check as a route without a framework. The order is: method, authorisation, rate limit, body, check. The body of
 * an unauthorised request is not read, unless a parser of the framework has already read it.
 *
 * @returns a function that handles one request and never rejects
 * @throws SettingsError for invalid options
 * @example
 * const route = createSettingsCheckRoute({ allow: ['relay.internal'] })
 * const { status, headers, body } = await route({ request, response, authorized: () => isAdmin(request), caller: () => ip })
 */
export function createSettingsCheckRoute(
  options: SettingsCheckRouteOptions = {},
): (exchange: SettingsCheckExchange) => Promise<HttpResponse> {
  const { bodyLimit = 32_768, bodyTimeout = 10_000, onError } = options
  const { checks = 10, per = 60_000 } = options.rate ?? {}
  assertPositive({ 'rate.checks': checks, 'rate.per': per, bodyLimit, bodyTimeout })
  const check = createSettingsCheck(options)
  const takeTurn = rateLimit({ checks, per })

  const answer = async ({ request, response, parsed, authorized, caller }: SettingsCheckExchange): Promise<HttpResponse> => {
    const locale = localeFrom(request.headers['accept-language'])
    if (request.method !== 'POST') return problemResponse('method-not-allowed', locale, { allow: 'POST' })
    if (!(await isAllowed(authorized))) return problemResponse('not-allowed', locale)
    const wait = await takeTurn(caller())
    if (wait !== undefined) return problemResponse('too-many-requests', locale, { 'retry-after': String(wait) })
    const read = await readBody(request, parsed, { bytes: bodyLimit, ms: bodyTimeout })
    if ('problem' in read) return problemResponse(read.problem, locale)
    return await check({ body: read.body, locale, signal: goneSignal(response) })
  }

  return async (exchange) => {
    const { request } = exchange
    const found = await answer(exchange).catch((error: unknown) => {
      tell(onError, error)
      return problemResponse('unexpected', localeFrom(request.headers['accept-language']))
    })
    // Data that has already arrived is visible only in the next iteration of the event loop.
    if (!request.complete) await setImmediate()
    // The rest of the body is not read, so the client should stop sending it.
    return request.complete ? found : { ...found, headers: { ...found.headers, connection: 'close' } }
  }
}

/** Calls `onError`. Its own errors, also asynchronous ones, are ignored. */
function tell(onError: SettingsCheckRouteOptions['onError'], error: unknown): void {
  Promise.resolve(error)
    .then(onError)
    .catch(() => {})
}

/** Aborts when the client has disconnected. */
function goneSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController()
  if (response.destroyed) controller.abort()
  else response.once('close', () => controller.abort())
  return controller.signal
}
