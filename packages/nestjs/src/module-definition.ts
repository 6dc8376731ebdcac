import { ConfigurableModuleBuilder, type DynamicModule, type Provider } from '@nestjs/common'
import type { Transporter } from '@postern/nodemailer'
import { PosternHealthIndicator } from './health/postern-health-indicator.ts'
import { MailerLifecycle } from './mailer-lifecycle.ts'
import { MailerService } from './mailer-service.ts'
import type { PosternModuleExtras, PosternModuleOptions } from './options.ts'
import { getMailerServiceToken } from './service-token.ts'
import { getMailerToken, lifecycleToken } from './tokens.ts'

const defaultExtras: PosternModuleExtras = { name: undefined, isGlobal: false }

const builder = new ConfigurableModuleBuilder<PosternModuleOptions>({ moduleName: 'Postern' })
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createPosternOptions')
  .setExtras(defaultExtras, withMailer)

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = builder.build()

function withMailer(definition: DynamicModule, { name, isGlobal }: PosternModuleExtras): DynamicModule {
  const mailer = getMailerToken(name)
  const service = getMailerServiceToken(name)
  const providers: Provider[] = [
    {
      provide: lifecycleToken(name),
      useFactory: (options: unknown) => new MailerLifecycle(options, name),
      inject: [MODULE_OPTIONS_TOKEN],
    },
    // Only this factory creates the mailer: with a test's override none is created.
    { provide: mailer, useFactory: (lifecycle: MailerLifecycle) => lifecycle.mailer, inject: [lifecycleToken(name)] },
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
