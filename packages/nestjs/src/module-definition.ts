import { ConfigurableModuleBuilder, type DynamicModule, type Provider } from '@nestjs/common'
import type { Transporter } from '@postern/nodemailer'
import { PosternHealthIndicator } from './health/postern-health-indicator.ts'
import { MailerKeeper } from './mailer-keeper.ts'
import { MailerService } from './mailer-service.ts'
import type { PosternModuleExtras, PosternModuleOptions } from './options.ts'
import { getMailerServiceToken } from './service-token.ts'
import { getMailerToken, keeperToken } from './tokens.ts'

const nothing: PosternModuleExtras = { name: undefined, isGlobal: false }

const builder = new ConfigurableModuleBuilder<PosternModuleOptions>({ moduleName: 'Postern' })
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createPosternOptions')
  .setExtras(nothing, withMailer)

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = builder.build()

function withMailer(definition: DynamicModule, { name, isGlobal }: PosternModuleExtras): DynamicModule {
  const mailer = getMailerToken(name)
  const service = getMailerServiceToken(name)
  const providers: Provider[] = [
    {
      provide: keeperToken(name),
      useFactory: (options: unknown) => new MailerKeeper(options, name),
      inject: [MODULE_OPTIONS_TOKEN],
    },
    // Asked for by the mailer alone: where a test has put another in its place, none is made.
    { provide: mailer, useFactory: (keeper: MailerKeeper) => keeper.mailer, inject: [keeperToken(name)] },
    { provide: service, useFactory: (transporter: Transporter) => new MailerService(transporter), inject: [mailer] },
    PosternHealthIndicator,
  ]
  return {
    ...definition,
    global: isGlobal ?? false,
    providers: [...(definition.providers ?? []), ...providers],
    exports: [mailer, service, PosternHealthIndicator],
  }
}
