import { Injectable, Module } from '@nestjs/common'
import { InjectMailer, MailerService, PosternModule, type Transporter } from '@postern/nestjs'

@Injectable()
export class Welcome {
  constructor(
    private readonly service: MailerService,
    @InjectMailer() private readonly mailer: Transporter,
  ) {}

  async greet(to: string): Promise<number | undefined> {
    await this.service.sendMail({ from: 'app@postern.test', to, subject: 'Welcome', text: 'Hello.' })
    return this.mailer.endpoint?.port
  }
}

/** Everything comes from the environment. */
@Module({ imports: [PosternModule.forRoot({ startup: 'ready', transport: { pool: true } })], providers: [Welcome] })
export class AppModule {}
