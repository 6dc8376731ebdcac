import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common'
import { APP_FILTER } from '@nestjs/core'
import { PosternModule, PosternRoutesModule } from '@postern/nestjs'
import type { MailSetup } from '../mail.ts'
import { MAIL, MailController } from './mail-controller.ts'
import { ProblemFilter } from './problem-filter.ts'
import { SettingsController } from './settings-controller.ts'
import { TokenGuard } from './token-guard.ts'

/** The app listens on loopback only, so every caller may see the details. */
const allowAll = { canActivate: () => true }

/** A Nest app that sends with Postern's mailer. */
@Module({})
export class AppModule implements OnApplicationShutdown {
  readonly #mail: MailSetup

  constructor(@Inject(MAIL) mail: MailSetup) {
    this.#mail = mail
  }

  static for(mail: MailSetup, checkToken: string): DynamicModule {
    return {
      module: AppModule,
      imports: [
        // `lazy`, because the demo logs how the first message selects the endpoint.
        PosternModule.forRoot({ settings: mail.settings, startup: 'lazy', isGlobal: true }),
        PosternRoutesModule.forRoot({
          health: { guard: allowAll },
          liveness: {},
          settingsCheck: { ...mail.check, guard: new TokenGuard(checkToken) },
        }),
      ],
      controllers: [MailController, SettingsController],
      providers: [
        { provide: MAIL, useValue: mail },
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#mail.close()
  }
}
