import { Inject, Injectable } from '@nestjs/common'
import { ModuleRef } from '@nestjs/core'
import type { HealthReport } from '@postern/core'
import type { HealthIndicatorResult } from '@nestjs/terminus'
import { getMailerToken } from '../tokens.ts'
import { monitorOf } from './monitors.ts'
import { reportData } from './report-data.ts'
import { sessionFor } from './terminus.ts'

/** Options of one `isHealthy` call. */
export interface MailerHealthOptions {
  /** The name given to `PosternModule.forRoot`. @default the mailer without a name */
  readonly name?: string | undefined
  /** Whether the result includes hosts, ports, messages and advice: for routes that are not public. @default false */
  readonly detail?: boolean | undefined
  /** Milliseconds to wait for the first check; later ones run in the background. @default 3000 */
  readonly timeout?: number | undefined
}

/**
 * Health indicator of a mailer for `@nestjs/terminus`: `up`, `degraded` while a lower rung is used (`up` in Terminus 11,
 * which has no `degraded`), or `down`. Checks are cached and shared by concurrent calls.
 *
 * @example
 * @Get('ready') @HealthCheck()
 * ready() {
 *   return this.health.check([() => this.smtp.isHealthy('smtp')])
 * }
 */
@Injectable()
export class PosternHealthIndicator {
  readonly #modules: ModuleRef

  constructor(@Inject(ModuleRef) modules: ModuleRef) {
    this.#modules = modules
  }

  /**
   * Returns the health of a mailer under `key`.
   *
   * @throws Error if there is no mailer of that name, or no `@nestjs/terminus`
   */
  async isHealthy<const Key extends string>(
    key: Key,
    options: MailerHealthOptions = {},
  ): Promise<HealthIndicatorResult<Key>> {
    const { name, detail = false, timeout = 3_000 } = options
    const session = await sessionFor(key)
    const mailer: object = this.#modules.get(getMailerToken(name), { strict: false })
    const monitor = monitorOf(mailer)
    // A test's override without health counts as healthy.
    if (!monitor) return session.up()
    const report = await checkWithin(monitor.check.bind(monitor), () => monitor.last, timeout)
    if (!report) return session.down({ reason: 'checking' })
    const data = reportData(report, detail)
    if (report.status === 'fail') return session.down(data)
    if (report.status === 'warn' && session.degraded) return session.degraded(data)
    return session.up(data)
  }
}

/** Resolves within the timeout: Kubernetes restarts pods whose probe hangs. */
async function checkWithin(
  check: (options: { readonly signal: AbortSignal }) => Promise<HealthReport>,
  last: () => HealthReport | undefined,
  timeout: number,
): Promise<HealthReport | undefined> {
  const signal = AbortSignal.timeout(timeout)
  try {
    return await check({ signal })
  } catch (error) {
    if (!signal.aborted) throw error
    return last()
  }
}
