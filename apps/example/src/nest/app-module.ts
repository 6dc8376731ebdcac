import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common'
import { APP_FILTER } from '@nestjs/core'
import { TerminusModule } from '@nestjs/terminus'
import { getMailerToken, PosternModule, PosternRoutesModule, type Transporter } from '@postern/nestjs'
import { MailJobs } from '../mail-jobs.ts'
import type { MailSetup } from '../mail-setup.ts'
import { newsletterOptions } from '../newsletter.ts'
import { JobsController } from './jobs-controller.ts'
import { MAIL, MailController } from './mail-controller.ts'
import { MetricsController } from './metrics-controller.ts'
import { NewsletterController } from './newsletter-controller.ts'
import { ProblemFilter } from './problem-filter.ts'
import { ReadyController } from './ready-controller.ts'
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
        PosternModule.forRoot({ settings: mail.settings, transport: mail.transport, startup: 'lazy', shutdownTimeout: 2000, isGlobal: true }),
        PosternModule.forRoot({ name: 'newsletter', settings: mail.settings, transport: newsletterOptions(mail), startup: 'lazy', shutdownTimeout: 2000 }),
        TerminusModule.forRoot({ logger: false }),
        PosternRoutesModule.forRoot({
          health: { guard: allowAll },
          liveness: {},
          settingsCheck: { ...mail.check, guard: new TokenGuard(checkToken) },
        }),
      ],
      controllers: [JobsController, MailController, MetricsController, NewsletterController, ReadyController],
      providers: [
        { provide: MAIL, useValue: mail },
        { provide: MailJobs, inject: [getMailerToken()], useFactory: (mailer: Transporter) => new MailJobs(mailer) },
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#mail.close()
  }
}
