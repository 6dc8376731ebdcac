import type { ServerResponse } from 'node:http'
import { All, Controller, Logger, Req, Res, type Type, UseGuards, VERSION_NEUTRAL } from '@nestjs/common'
import { expectPositive } from '@postern/core'
import { createSettingsCheck, type HttpAnswer, localeFrom, problemAnswer } from '@postern/core/http'
import type { SettingsCheckRouteSettings } from './options.ts'
import { rateLimit } from './rate-limit.ts'
import { rawRequest, rawResponse, sendAnswer } from './raw.ts'
import { readBody } from './read-body.ts'
import { isAuthorized, verdictBy } from './verdict.ts'

export const CHECK_GUARD = Symbol('PosternSettingsCheckGuard')

/** What the frameworks add to a request. */
interface FrameworkRequest {
  readonly ip?: string
  readonly body?: unknown
}

/** Where part of the body may still be on its way: nobody will read it. */
const unread: ReadonlySet<string> = new Set(['too-large', 'too-slow', 'wrong-media-type'])

/**
 * The settings check behind the team's guard.
 *
 * @throws SettingsError for options that cannot be read
 */
export function settingsCheckController(path: string, options: SettingsCheckRouteSettings): Type {
  const { rate = { checks: 10, per: 60_000 }, caller = byAddress, bodyLimit = 32_768, bodyTimeout = 10_000 } = options
  expectPositive({ 'rate.checks': rate.checks, 'rate.per': rate.per, bodyLimit, bodyTimeout })
  const check = createSettingsCheck(options)
  const takeTurn = rateLimit(rate)
  const logger = new Logger('Postern')

  const answer = async (request: FrameworkRequest, response: ServerResponse): Promise<HttpAnswer> => {
    const raw = rawRequest(request)
    const locale = localeFrom(raw.headers['accept-language'])
    if (raw.method !== 'POST') return problemAnswer('method-not-allowed', locale, { allow: 'POST' })
    if (!isAuthorized(raw)) return problemAnswer('not-allowed', locale)
    const wait = await takeTurn(caller(request))
    if (wait !== undefined) return problemAnswer('too-many-requests', locale, { 'retry-after': String(wait) })
    const read = await readBody(raw, request.body, { bytes: bodyLimit, ms: bodyTimeout })
    if ('problem' in read)
      return problemAnswer(read.problem, locale, unread.has(read.problem) ? { connection: 'close' } : {})
    return await check({ body: read.body, locale, signal: goneSignal(response) })
  }

  @Controller({ path, version: VERSION_NEUTRAL })
  @UseGuards(verdictBy(CHECK_GUARD))
  class PosternSettingsCheckController {
    @All()
    async check(@Req() request: FrameworkRequest, @Res() response: unknown): Promise<void> {
      try {
        sendAnswer(response, await answer(request, rawResponse(response)))
      } catch (error) {
        // Whoever asked sees a problem without a cause.
        logger.error(error)
        sendAnswer(response, problemAnswer('unexpected', localeFrom(rawRequest(request).headers['accept-language'])))
      }
    }
  }
  return PosternSettingsCheckController
}

function byAddress({ ip }: FrameworkRequest): string {
  return ip ?? ''
}

/** Aborts once nobody is there to be answered. */
function goneSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController()
  if (response.destroyed) controller.abort()
  else response.once('close', () => controller.abort())
  return controller.signal
}
