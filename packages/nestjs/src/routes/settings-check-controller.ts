import { All, Controller, Logger, Req, Res, type Type, UseGuards, VERSION_NEUTRAL } from '@nestjs/common'
import { createSettingsCheckRoute } from '@postern/core/http'
import type { SettingsCheckRouteSettings } from './options.ts'
import { answerBy, rawRequest, rawResponse } from './raw.ts'
import { isAuthorized, verdictBy } from './verdict.ts'

export const CHECK_GUARD = Symbol('PosternSettingsCheckGuard')

/** What the frameworks add to a request. */
interface FrameworkRequest {
  readonly ip?: string
  readonly body?: unknown
}

/**
 * The settings check behind the team's guard.
 *
 * @throws SettingsError for options that cannot be read
 */
export function settingsCheckController(path: string, options: SettingsCheckRouteSettings): Type {
  const { caller = byAddress } = options
  const logger = new Logger('Postern')
  const route = createSettingsCheckRoute({ ...options, onError: (error) => logger.error(error) })

  @Controller({ path, version: VERSION_NEUTRAL })
  @UseGuards(verdictBy(CHECK_GUARD))
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
      answerBy(response, answer)
    }
  }
  return PosternSettingsCheckController
}

function byAddress({ ip }: FrameworkRequest): string {
  return ip ?? ''
}
