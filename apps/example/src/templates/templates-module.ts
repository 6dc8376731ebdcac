import { fileURLToPath } from 'node:url'
import { type DynamicModule, Module } from '@nestjs/common'
import { MailerModule } from '@nestjs-modules/mailer'
import { HandlebarsAdapter } from '@nestjs-modules/mailer/adapters/handlebars.adapter'
import { getMailerToken, PosternModule, type Transporter } from '@postern/nestjs'
import type { MailSetup } from '../mail-setup.ts'

/** `@nestjs-modules/mailer` renders the templates, and Postern sends the messages. Without mail the app has nothing to do, so it does not start. */
@Module({})
export class TemplatesModule {
  static for(mail: MailSetup): DynamicModule {
    return {
      module: TemplatesModule,
      imports: [
        PosternModule.forRoot({ settings: mail.settings, transport: mail.transport, startup: 'ready', isGlobal: true }),
        MailerModule.forRootAsync({
          imports: [],
          inject: [getMailerToken()],
          useFactory: (mailer: Transporter) => ({
            transport: mailer.transporter,
            template: {
              dir: fileURLToPath(new URL('../../templates', import.meta.url)),
              adapter: new HandlebarsAdapter(),
            },
          }),
        }),
      ],
    }
  }
}
