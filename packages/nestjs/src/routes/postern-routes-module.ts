import type { Server } from 'node:http'
import { type DynamicModule, Inject, Module, type OnModuleInit, type Provider } from '@nestjs/common'
import { ApplicationConfig, HttpAdapterHost } from '@nestjs/core'
import { HEALTH_GUARD, healthController, livenessController } from './health-controllers.ts'
import { comparablePath, hideBodies } from './hide-body.ts'
import type { PosternRoutesOptions, RouteGuard } from './options.ts'
import { CHECK_GUARD, settingsCheckController } from './settings-check-controller.ts'

const CHECK_PATH = Symbol('PosternSettingsCheckPath')

/**
 * Ready-made routes: mail health, liveness, and a check of SMTP settings. They behave the same on Express and Fastify, and
 * like those of `@postern/express`.
 *
 * @example
 * PosternRoutesModule.forRoot({
 *   health: { guard: OperatorGuard },
 *   liveness: {},
 *   settingsCheck: { path: 'admin/smtp/check', guard: AdminGuard, allow: ['relay.internal'] },
 *   imports: [AuthModule],
 * })
 */
@Module({})
export class PosternRoutesModule implements OnModuleInit {
  readonly #host: HttpAdapterHost
  readonly #config: ApplicationConfig
  readonly #path: string | undefined

  constructor(
    @Inject(HttpAdapterHost) host: HttpAdapterHost,
    @Inject(ApplicationConfig) config: ApplicationConfig,
    @Inject(CHECK_PATH) path: string | undefined,
  ) {
    this.#host = host
    this.#config = config
    this.#path = path
  }

  /**
   * Adds the routes set in the options. The mailer must be global, or its module one of the `imports`.
   *
   * @throws TypeError for a settings check without a guard; SettingsError for invalid options
   */
  static forRoot({ name, health, liveness, settingsCheck, imports = [] }: PosternRoutesOptions): DynamicModule {
    if (settingsCheck && !settingsCheck.guard) {
      const message =
        'PosternRoutesModule needs "settingsCheck.guard": the check connects to hosts that callers name.'
      throw Object.assign(new TypeError(message), { code: 'authorize-missing' })
    }
    const checkPath = settingsCheck?.path ?? 'settings/check'
    return {
      module: PosternRoutesModule,
      imports,
      controllers: [
        ...(health ? [healthController(health.path ?? 'health/smtp', name, health)] : []),
        ...(liveness ? [livenessController(liveness.path ?? 'health/live')] : []),
        ...(settingsCheck ? [settingsCheckController(checkPath, settingsCheck)] : []),
      ],
      providers: [
        ...guard(HEALTH_GUARD, health?.guard),
        ...guard(CHECK_GUARD, settingsCheck?.guard),
        { provide: CHECK_PATH, useValue: settingsCheck && checkPath },
      ],
    }
  }

  /** Here the HTTP server and the global prefix are known. */
  onModuleInit(): void {
    const { httpAdapter } = this.#host
    if (this.#path === undefined || !httpAdapter) return
    const paths = new Set([this.#path, `${this.#config.getGlobalPrefix()}/${this.#path}`].map(comparablePath))
    hideBodies(httpAdapter.getHttpServer() as Server, paths)
  }
}

function guard(provide: symbol, option: RouteGuard | undefined): Provider[] {
  if (option === undefined) return []
  return [typeof option === 'function' ? { provide, useClass: option } : { provide, useValue: option }]
}
