import { createHash } from 'node:crypto'
import { type Clock, systemClock } from '../clock.ts'
import type { HttpResponse } from '../http-response.ts'
import type { Locale } from '../text/index.ts'
import { healthDetails } from './details.ts'
import { healthMonitorFor } from './monitor-for.ts'
import type { HealthMonitor, HealthSource } from './monitor.ts'
import type { HealthReport } from './report.ts'

/** Options of `createHealthRoute`. Durations are milliseconds. */
export interface HealthRouteOptions {
  /** Milliseconds for which a result or an accepted message answers further requests. @default 30000 */
  readonly ttl?: number | undefined
  /** Milliseconds a request may wait for a check. @default 10000 */
  readonly deadline?: number | undefined
  /** The language of the warning about an expiring certificate; failures are in the language of the source. @default 'en' */
  readonly locale?: Locale | undefined
  /** The source of time, for tests. */
  readonly clock?: Clock | undefined
}

/** The parts of an HTTP request that the route needs. */
export interface HealthRequest {
  readonly method: string
  /** Whether the client may see more than the status. */
  readonly authorized: boolean
  /** The header `If-None-Match`. */
  readonly ifNoneMatch?: string | undefined
}

/** For unauthorised clients: the age of a result would reveal when a message was sent. */
const UNDISCLOSED = 'max-age=0, must-revalidate'

const TYPE = 'application/health+json'
const readable: ReadonlySet<string> = new Set(['GET', 'HEAD'])

/**
 * The health route, independent of a framework: 200 for `pass` and `warn`, 503 for `fail`. The body is built once per report,
 * not per request.
 *
 * @param source a transport, an endpoint selector, or a health monitor, which has its own ttl
 * @throws TypeError for any other source; SettingsError for an invalid `ttl` or `deadline`
 * @example
 * const route = createHealthRoute(transport, { ttl: 30_000 })
 * const { status, headers, body } = await route({ method: 'GET', authorized: false })
 */
export function createHealthRoute(
  source: HealthSource | HealthMonitor,
  { ttl, deadline, locale, clock = systemClock }: HealthRouteOptions = {},
): (request: HealthRequest) => Promise<HttpResponse> {
  const monitor = healthMonitorFor(source, { ttl, deadline, locale, clock })
  let report: HealthReport | undefined
  let pages: { readonly open: Page; details?: Page } | undefined

  return async ({ method, authorized, ifNoneMatch }) => {
    if (!readable.has(method)) return { status: 405, headers: { allow: 'GET, HEAD' }, body: '' }
    const latest = await monitor.check()
    if (latest !== report || !pages) {
      report = latest
      pages = { open: page({ status: latest.status }) }
    }
    // The details are built only if an authorised client requests them.
    const { body, etag } = authorized ? (pages.details ??= page(healthDetails(latest))) : pages.open
    // `private`: a shared cache must not serve the details to unauthorised clients.
    const cache = { 'cache-control': `private, ${authorized ? freshness(latest, monitor.ttl, clock) : UNDISCLOSED}`, etag }
    const status = latest.status === 'fail' ? 503 : 200
    // RFC 9110 §13.2.1: conditions are ignored unless the response would be 2xx.
    if (status === 200 && matches(etag, ifNoneMatch)) return { status: 304, headers: cache, body: '' }
    return { status, headers: { 'content-type': TYPE, ...cache }, body }
  }
}

/** The liveness answer: the process responds. It says nothing about mail, so that a mail failure does not restart the process. */
export function livenessResponse(method: string): HttpResponse {
  if (!readable.has(method)) return { status: 405, headers: { allow: 'GET, HEAD' }, body: '' }
  return { status: 200, headers: { 'content-type': TYPE, 'cache-control': 'no-store' }, body: '{"status":"pass"}' }
}

function freshness({ checkedAt }: HealthReport, ttl: number, clock: Clock): string {
  return `max-age=${Math.max(0, Math.floor((checkedAt.getTime() + ttl - clock.now()) / 1_000))}`
}

interface Page {
  readonly body: string
  readonly etag: string
}

function page(content: object): Page {
  const body = JSON.stringify(content)
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"` }
}

function matches(etag: string, ifNoneMatch: string | undefined): boolean {
  if (ifNoneMatch === undefined) return false
  return ifNoneMatch.split(',').some((one) => [etag, `W/${etag}`, '*'].includes(one.trim()))
}
