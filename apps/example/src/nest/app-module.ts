import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common'
import { APP_FILTER } from '@nestjs/core'
import { PosternModule, PosternRoutesModule } from '@postern/nestjs'
import type { MailSetup } from '../mail.ts'
import { MAIL, MailController } from './mail-controller.ts'
import { ProblemFilter } from './problem-filter.ts'
import { TokenGuard } from './token-guard.ts'

/** The app listens on this machine alone, so whoever reaches it may see the details. */
const everybody = { canActivate: () => true }

/** An app as anyone might write it, with the mailer from Postern. */
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
        // Lazy, as the story that the app tells begins with its first message.
        PosternModule.forRoot({ settings: mail.settings, startup: 'lazy', isGlobal: true }),
        PosternRoutesModule.forRoot({
          health: { guard: everybody },
          liveness: {},
          settingsCheck: { guard: new TokenGuard(checkToken) },
        }),
      ],
      controllers: [MailController],
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
