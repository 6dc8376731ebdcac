import { All, Controller, Inject, Req, Res, type Type, UseGuards, VERSION_NEUTRAL } from '@nestjs/common'
import { createHealthRoute, livenessAnswer } from '@postern/core/http'
import { monitorOf } from '../health/monitors.ts'
import { getMailerToken } from '../tokens.ts'
import type { HealthRouteSettings } from './options.ts'
import { answerBy, rawRequest } from './raw.ts'
import { isAuthorized, verdictBy } from './verdict.ts'

export const HEALTH_GUARD = Symbol('PosternHealthGuard')

/** The health of one mailer, from the monitor that the Terminus indicator asks, too. */
export function healthController(path: string, name: string | undefined, { clock }: HealthRouteSettings): Type {
  @Controller({ path, version: VERSION_NEUTRAL })
  @UseGuards(verdictBy(HEALTH_GUARD))
  class PosternHealthController {
    readonly #route: ReturnType<typeof createHealthRoute>

    constructor(@Inject(getMailerToken(name)) mailer: object) {
      const monitor = monitorOf(mailer)
      // What a test has put in place of the mailer may be anything, and is well.
      this.#route = monitor ? createHealthRoute(monitor, { clock }) : async ({ method }) => livenessAnswer(method)
    }

    @All()
    async health(@Req() request: unknown, @Res() response: unknown): Promise<void> {
      const { method = '', headers } = rawRequest(request)
      const authorized = isAuthorized(rawRequest(request))
      answerBy(response, await this.#route({ method, authorized, ifNoneMatch: headers['if-none-match'] }))
    }
  }
  return PosternHealthController
}

/** That the process answers, and nothing about mail. */
export function livenessController(path: string): Type {
  @Controller({ path, version: VERSION_NEUTRAL })
  class PosternLivenessController {
    @All()
    live(@Req() request: unknown, @Res() response: unknown): void {
      answerBy(response, livenessAnswer(rawRequest(request).method ?? ''))
    }
  }
  return PosternLivenessController
}
