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
  /** How many checks one caller may have, and in which time. @default { checks: 10, per: 60000 } */
  readonly rate?: CheckRate | undefined
  /** The most bytes a body may have. @default 32768 */
  readonly bodyLimit?: number | undefined
  /** Milliseconds in which the body must be there. @default 10000 */
  readonly bodyTimeout?: number | undefined
  /** Told of what should not happen; the caller sees a problem without a cause. */
  readonly onError?: ((error: unknown) => unknown) | undefined
}

/** A request, as Node has it and a framework knows it. */
export interface SettingsCheckExchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** What a parser of the framework has made of the body, if one has read it. */
  readonly parsed?: unknown
  /** Whether whoever asks may. Whatever is not `true` is a no, and so is an error. */
  readonly authorized: () => boolean | Promise<boolean>
  /** Who counts as one caller. */
  readonly caller: () => string
}

/**
 * The settings check as a route without a framework: method, authorisation, rate, body, check, in that order. Nothing is
 * read of those who may not ask, unless a parser of the framework has read it before.
 *
 * @returns a function that answers one request, and never rejects
 * @throws SettingsError for options that cannot be read
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
    // What has arrived is only seen to have in the next turn.
    if (!request.complete) await setImmediate()
    // Nobody will read what is still on its way, so nobody should go on sending it.
    return request.complete ? found : { ...found, headers: { ...found.headers, connection: 'close' } }
  }
}

/** Whoever is told may fail at it, now or later: that is no reason to fail, too. */
function tell(onError: SettingsCheckRouteOptions['onError'], error: unknown): void {
  Promise.resolve(error)
    .then(onError)
    .catch(() => {})
}

/** Aborts once nobody is there to be answered. */
function goneSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController()
  if (response.destroyed) controller.abort()
  else response.once('close', () => controller.abort())
  return controller.signal
}
