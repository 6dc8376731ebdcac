import type { Server } from 'node:http'
import { type DynamicModule, Inject, Module, type OnModuleInit, type Provider } from '@nestjs/common'
import { ApplicationConfig, HttpAdapterHost } from '@nestjs/core'
import { HEALTH_GUARD, healthController, livenessController } from './health-controllers.ts'
import { comparablePath, keepBodies } from './keep-body.ts'
import type { PosternRoutesOptions, RouteGuard } from './options.ts'
import { CHECK_GUARD, settingsCheckController } from './settings-check-controller.ts'

const CHECK_PATH = Symbol('PosternSettingsCheckPath')

/**
 * Ready-made routes, each there if it is named: the health of the mail, liveness, and a check of SMTP settings. They
 * answer alike on Express and Fastify, and as `@postern/express` does.
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
   * The routes that are named here. The mailer has to be global, or its module among the imports.
   *
   * @throws TypeError for a settings check without a guard; SettingsError for options that cannot be read
   */
  static forRoot({ name, health, liveness, settingsCheck, imports = [] }: PosternRoutesOptions): DynamicModule {
    if (settingsCheck && !settingsCheck.guard) {
      const message =
        'PosternRoutesModule needs "settingsCheck.guard": the check connects where whoever asks tells it to.'
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

  /** By now the app knows its server and its prefix. */
  onModuleInit(): void {
    const { httpAdapter } = this.#host
    if (this.#path === undefined || !httpAdapter) return
    const paths = new Set([this.#path, `${this.#config.getGlobalPrefix()}/${this.#path}`].map(comparablePath))
    keepBodies(httpAdapter.getHttpServer() as Server, paths)
  }
}

function guard(provide: symbol, wanted: RouteGuard | undefined): Provider[] {
  if (wanted === undefined) return []
  return [typeof wanted === 'function' ? { provide, useClass: wanted } : { provide, useValue: wanted }]
}
