import { Inject, Injectable } from '@nestjs/common'
import { ModuleRef } from '@nestjs/core'
import type { HealthReport } from '@postern/core'
import type { HealthIndicatorResult } from '@nestjs/terminus'
import { getMailerToken } from '../tokens.ts'
import { monitorOf } from './monitors.ts'
import { reportData } from './report-data.ts'
import { sessionFor } from './terminus.ts'

/** What to tell of a mailer, and how long to wait for it. */
export interface MailerHealthOptions {
  /** The name given to `PosternModule.forRoot`. @default the mailer without a name */
  readonly name?: string | undefined
  /** Whether hosts, ports, sentences and advice go out too: for an endpoint that only your own people can reach. @default false */
  readonly detail?: boolean | undefined
  /** Milliseconds to wait for the first check; what was known answers while a later one is made. @default 3000 */
  readonly timeout?: number | undefined
}

/**
 * Tells `@nestjs/terminus` how a mailer is: `up`, `degraded` when a lower port carries the mail (`up` in Terminus 11,
 * which has no such word), or `down`. Checks are cached and never made twice at once, so it may be asked often.
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
   * How a mailer is, under this key.
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
    // What a test has put in place of the mailer may be anything, and is well.
    if (!monitor) return session.up()
    const report = await answer(monitor.check.bind(monitor), () => monitor.last, timeout)
    if (!report) return session.down({ reason: 'checking' })
    const data = reportData(report, detail)
    if (report.status === 'fail') return session.down(data)
    if (report.status === 'warn' && session.degraded) return session.degraded(data)
    return session.up(data)
  }
}

/** Waits no longer than it may: a probe that hangs gets healthy instances killed. */
async function answer(
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
