import { Controller, Get, Inject } from '@nestjs/common'
import { HealthCheck, HealthCheckService } from '@nestjs/terminus'
import { PosternHealthIndicator } from '@postern/nestjs'

/** The health of mail beside that of other services, through Terminus. */
@Controller('health')
export class ReadyController {
  readonly #health: HealthCheckService
  readonly #smtp: PosternHealthIndicator

  constructor(@Inject(HealthCheckService) health: HealthCheckService, @Inject(PosternHealthIndicator) smtp: PosternHealthIndicator) {
    this.#health = health
    this.#smtp = smtp
  }

  @Get('ready')
  @HealthCheck()
  ready() {
    return this.#health.check([() => this.#smtp.isHealthy('smtp')])
  }
}
