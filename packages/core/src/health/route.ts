import { createHash } from 'node:crypto'
import { type Clock, systemClock } from '../clock.ts'
import type { HttpAnswer } from '../http-answer.ts'
import type { Locale } from '../text/index.ts'
import { healthDetails } from './details.ts'
import { createHealthMonitor, type HealthMonitor, type HealthReport, type HealthSource } from './monitor.ts'

export interface HealthRouteOptions {
  /** Milliseconds for which a result, or a message that was accepted, answers further questions. @default 30000 */
  readonly ttl?: number | undefined
  /** Milliseconds the very first question may wait for its check. @default 10000 */
  readonly deadline?: number | undefined
  /** The language of what the health itself says, of a certificate that ends soon; what failed is said in the source's. @default 'en' */
  readonly locale?: Locale | undefined
  /** Where time comes from; for tests. */
  readonly clock?: Clock | undefined
}

/** What a framework knows of a request. */
export interface HealthRequest {
  readonly method: string
  /** Whether whoever asks may see more than the status. */
  readonly authorized: boolean
  /** The header `If-None-Match`. */
  readonly ifNoneMatch?: string | undefined
}

/** Long enough for a lower rung to be reached while 587 is blocked. */
const DEADLINE = 10_000

/** How old a result is tells when a message went out: whether one was just sent to somebody is not for everybody to know. */
const UNKNOWN = 'max-age=0, must-revalidate'

const TYPE = 'application/health+json'
const readable: ReadonlySet<string> = new Set(['GET', 'HEAD'])

/**
 * The health route without a framework: `pass` and `warn` are 200, `fail` is 503. The body is made once for each report,
 * not for each request.
 *
 * @param source a transport, an endpoint selector, or a monitor, whose own ttl then holds
 * @throws TypeError for a source that is none of these; SettingsError for a ttl or deadline that is none
 * @example
 * const route = createHealthRoute(transport, { ttl: 30_000 })
 * const { status, headers, body } = await route({ method: 'GET', authorized: false })
 */
export function createHealthRoute(
  source: HealthSource | HealthMonitor,
  { ttl, deadline = DEADLINE, locale, clock = systemClock }: HealthRouteOptions = {},
): (request: HealthRequest) => Promise<HttpAnswer> {
  expectSource(source)
  const monitor = 'check' in source ? source : createHealthMonitor(source, { ttl, deadline, locale, clock })
  let report: HealthReport | undefined
  let pages: { readonly open: Page; details?: Page } | undefined

  return async ({ method, authorized, ifNoneMatch }) => {
    if (!readable.has(method)) return { status: 405, headers: { allow: 'GET, HEAD' }, body: '' }
    const latest = await monitor.check()
    if (latest !== report || !pages) {
      report = latest
      pages = { open: page({ status: latest.status }) }
    }
    // Made for those who may see it alone.
    const { body, etag } = authorized ? (pages.details ??= page(healthDetails(latest))) : pages.open
    // What one may see, the next may not: no cache between them may keep it.
    const cache = { 'cache-control': `private, ${authorized ? freshness(latest, monitor.ttl, clock) : UNKNOWN}`, etag }
    const status = latest.status === 'fail' ? 503 : 200
    // RFC 9110 §13.2.1: a condition counts only where the answer would have been a good one.
    if (status === 200 && matches(etag, ifNoneMatch)) return { status: 304, headers: cache, body: '' }
    return { status, headers: { 'content-type': TYPE, ...cache }, body }
  }
}

/** That the process answers at all: nothing about mail, which must not decide whether it lives. */
export function livenessAnswer(method: string): HttpAnswer {
  if (!readable.has(method)) return { status: 405, headers: { allow: 'GET, HEAD' }, body: '' }
  return { status: 200, headers: { 'content-type': TYPE, 'cache-control': 'no-store' }, body: '{"status":"pass"}' }
}

function freshness({ checkedAt }: HealthReport, ttl: number, clock: Clock): string {
  return `max-age=${Math.max(0, Math.floor((checkedAt.getTime() + ttl - clock.now()) / 1_000))}`
}

/** nodemailer's own transporter is an easy mistake, and nothing would tell before the first request. */
function expectSource(source: unknown): void {
  const has = (name: string) => typeof (source as Record<string, unknown> | undefined | null)?.[name] === 'function'
  if (has('check') || (has('state') && has('examine'))) return
  const message =
    'A health route needs a source that knows how the mail is: a transport of @postern/nodemailer, an endpoint selector ' +
    'or a health monitor. A transporter of nodemailer itself does not; of a submissionTransport, give the plug-in.'
  throw Object.assign(new TypeError(message), { code: 'health-source-invalid' })
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
