import { All, Controller, Logger, Req, Res, type Type, UseGuards, VERSION_NEUTRAL } from '@nestjs/common'
import { createSettingsCheckRoute, overNodeHttp } from '@postern/core/http'
import type { SettingsCheckRouteSettings } from './options.ts'
import { sendTo, rawRequest, rawResponse } from './raw.ts'
import { isAuthorized, recordGuardResult } from './guard-result.ts'

export const CHECK_GUARD = Symbol('PosternSettingsCheckGuard')

/** Request properties that both frameworks add. */
interface FrameworkRequest {
  readonly ip?: string
  readonly body?: unknown
}

/**
 * The settings check, protected by the app's guard.
 *
 * @throws SettingsError for invalid options
 */
export function settingsCheckController(path: string, options: SettingsCheckRouteSettings): Type {
  const { caller = remoteAddress } = options
  const logger = new Logger('Postern')
  const route = overNodeHttp(createSettingsCheckRoute({ ...options, onError: (error) => logger.error(error) }))

  @Controller({ path, version: VERSION_NEUTRAL })
  @UseGuards(recordGuardResult(CHECK_GUARD))
  class PosternSettingsCheckController {
    @All()
    async check(@Req() request: FrameworkRequest, @Res() response: unknown): Promise<void> {
      const raw = rawRequest(request)
      const answer = await route({
        request: raw,
        response: rawResponse(response),
        parsed: request.body,
        authorized: () => isAuthorized(raw),
        caller: () => caller(request),
      })
      sendTo(response, answer)
    }
  }
  return PosternSettingsCheckController
}

function remoteAddress({ ip }: FrameworkRequest): string {
  return ip ?? ''
}
