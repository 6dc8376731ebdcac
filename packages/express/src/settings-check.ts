import { expectPositive } from '@postern/core'
import {
  createSettingsCheck,
  type HttpAnswer,
  localeFrom,
  problemAnswer,
  type SettingsCheckPolicy,
} from '@postern/core/http'
import type { Request, RequestHandler, Response } from 'express'
import { type Authorize, isAuthorized } from './authorize.ts'
import { bodyReader } from './read-body.ts'
import { type Rate, rateLimit } from './rate-limit.ts'
import { sendAnswer } from './send-answer.ts'

export interface SmtpSettingsCheckOptions extends SettingsCheckPolicy {
  /** Who may have settings checked. There is no default: the check connects where it is told to. */
  readonly authorize: Authorize
  /** How many checks one caller may have, and in which time. @default { checks: 10, per: 60000 } */
  readonly rate?: Rate | undefined
  /** Who counts as one caller. @default by `req.ip` */
  readonly caller?: ((request: Request) => string) | undefined
  /** The most bytes a body may have. @default 32768 */
  readonly bodyLimit?: number | undefined
  /** Milliseconds in which the body must be there. @default 10000 */
  readonly bodyTimeout?: number | undefined
  /** Told of what should not happen; the caller sees a problem without a cause. */
  readonly onError?: ((error: unknown) => void) | undefined
}

/**
 * Checks the SMTP settings that an admin form posts: `{ "settings": {…}, "probe": false, "login": false }`. Nothing that
 * was sent, and nothing a server says, is in the answer.
 *
 * @throws TypeError without `authorize`; SettingsError for options that cannot be read
 * @example
 * app.post('/settings/check', smtpSettingsCheck({ authorize: (req) => req.session.isAdmin, allow: ['relay.internal'] }))
 */
export function smtpSettingsCheck(options: SmtpSettingsCheckOptions): RequestHandler {
  const { authorize, onError } = options ?? {}
  if (typeof authorize !== 'function') {
    throw Object.assign(new TypeError('smtpSettingsCheck() needs "authorize": it connects where whoever asks tells it to.'), {
      code: 'authorize-missing',
    })
  }
  const { rate = { checks: 10, per: 60_000 }, caller = byAddress, bodyLimit = 32_768, bodyTimeout = 10_000 } = options
  expectPositive({ 'rate.checks': rate.checks, 'rate.per': rate.per, bodyLimit, bodyTimeout })
  const check = createSettingsCheck(options)
  const takeTurn = rateLimit(rate)
  const readBody = bodyReader({ bytes: bodyLimit, ms: bodyTimeout })

  const answer = async (request: Request, response: Response): Promise<HttpAnswer> => {
    const locale = localeFrom(request.headers['accept-language'])
    if (request.method !== 'POST') return problemAnswer('method-not-allowed', locale, { allow: 'POST' })
    if (!(await isAuthorized(authorize, request))) return problemAnswer('not-allowed', locale)
    const wait = await takeTurn(caller(request))
    if (wait !== undefined) return problemAnswer('too-many-requests', locale, { 'retry-after': String(wait) })
    const read = await readBody(request, response)
    if ('problem' in read) return problemAnswer(read.problem, locale, unread.has(read.problem) ? { connection: 'close' } : {})
    return await check({ body: read.body, locale, signal: goneSignal(response) })
  }

  return (request, response) => {
    answer(request, response)
      .catch((error: unknown) => {
        onError?.(error)
        return problemAnswer('unexpected', localeFrom(request.headers['accept-language']))
      })
      .then((it) => sendAnswer(response, it))
      // An answer that cannot be sent has nobody to tell but the operator.
      .catch((error: unknown) => onError?.(error))
  }
}

function byAddress(request: Request): string {
  return request.ip ?? ''
}

/** Where part of the body may still be on its way: nobody will read it. */
const unread: ReadonlySet<string> = new Set(['too-large', 'too-slow', 'wrong-media-type'])

/** Aborts once nobody is there to be answered. */
function goneSignal(response: Response): AbortSignal {
  const controller = new AbortController()
  if (response.destroyed) controller.abort()
  else response.once('close', () => controller.abort())
  return controller.signal
}
