import { Controller, Get, Header } from '@nestjs/common'
import { InjectMailer, type Transporter } from '@postern/nestjs'
import { Registry } from 'prom-client'
import { registerMail } from '../observability/prometheus.ts'

@Controller('metrics')
export class MetricsController {
  readonly #registry = new Registry()

  constructor(@InjectMailer() mailer: Transporter) {
    registerMail(mailer, this.#registry)
  }

  @Get()
  @Header('content-type', Registry.PROMETHEUS_CONTENT_TYPE)
  metrics(): Promise<string> {
    return this.#registry.metrics()
  }
}
