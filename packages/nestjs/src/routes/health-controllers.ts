import { All, Controller, Inject, Req, Res, type Type, UseGuards, VERSION_NEUTRAL } from '@nestjs/common'
import { createHealthRoute, livenessResponse } from '@postern/core/http'
import { monitorOf } from '../health/monitors.ts'
import { getMailerToken } from '../tokens.ts'
import type { HealthRouteSettings } from './options.ts'
import { sendTo, rawRequest } from './raw.ts'
import { isAuthorized, recordGuardResult } from './guard-result.ts'

export const HEALTH_GUARD = Symbol('PosternHealthGuard')

/** The health of one mailer. Shares its monitor with the Terminus indicator. */
export function healthController(path: string, name: string | undefined, { clock }: HealthRouteSettings): Type {
  @Controller({ path, version: VERSION_NEUTRAL })
  @UseGuards(recordGuardResult(HEALTH_GUARD))
  class PosternHealthController {
    readonly #route: ReturnType<typeof createHealthRoute>

    constructor(@Inject(getMailerToken(name)) mailer: object) {
      const monitor = monitorOf(mailer)
      // A test's override without health counts as healthy.
      this.#route = monitor ? createHealthRoute(monitor, { clock }) : async ({ method }) => livenessResponse(method)
    }

    @All()
    async health(@Req() request: unknown, @Res() response: unknown): Promise<void> {
      const { method = '', headers } = rawRequest(request)
      const authorized = isAuthorized(rawRequest(request))
      sendTo(response, await this.#route({ method, authorized, ifNoneMatch: headers['if-none-match'] }))
    }
  }
  return PosternHealthController
}

/** Always passes while the process runs. */
export function livenessController(path: string): Type {
  @Controller({ path, version: VERSION_NEUTRAL })
  class PosternLivenessController {
    @All()
    live(@Req() request: unknown, @Res() response: unknown): void {
      sendTo(response, livenessResponse(rawRequest(request).method ?? ''))
    }
  }
  return PosternLivenessController
}
