import { BaseCheck } from '@adonisjs/core/health'
import type { HealthCheckResult } from '@adonisjs/core/types/health'
import type { Transporter } from '@postern/nodemailer'

const statuses = { pass: 'ok', warn: 'warning', fail: 'error' } as const

/** For `start/health.ts`: `new HealthChecks().register([new SmtpCheck(mailer)])`. */
export class SmtpCheck extends BaseCheck {
  override name = 'Outgoing mail'
  readonly #mailer: Transporter

  constructor(mailer: Transporter) {
    super()
    this.#mailer = mailer
  }

  /** Connects at most once in 30 seconds, and not at all while messages are accepted. */
  override async run(): Promise<HealthCheckResult> {
    const { status, message = 'Mail can be sent.', advice = '', checkedAt } = await this.#mailer.health()
    return { status: statuses[status], message: `${message} ${advice}`.trim(), finishedAt: checkedAt }
  }
}
