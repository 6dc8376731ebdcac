import { type DynamicModule, Module } from '@nestjs/common'
import { ConfigurableModuleClass } from './module-definition.ts'
import type { PosternModuleAsyncOptions, PosternModuleExtras, PosternModuleOptions } from './options.ts'

/**
 * Gives the app a mailer that finds its port by itself. Import it once for each mailer.
 *
 * @example
 * @Module({ imports: [PosternModule.forRoot({ settings: 'smtp://ada:secret@smtp.example.com', isGlobal: true })] })
 * class AppModule {}
 */
@Module({})
export class PosternModule extends ConfigurableModuleClass {
  /**
   * A mailer with these options; without any, one from the environment alone.
   *
   * The options are read when the app boots, and a wrong one stops it with a `PosternOptionsError`.
   *
   * @example
   * PosternModule.forRoot()
   * PosternModule.forRoot({ name: 'newsletter', settings: { host: 'smtp.example.com' }, transport: { pool: true } })
   */
  static override forRoot(options: PosternModuleOptions & PosternModuleExtras = {}): DynamicModule {
    return super.forRoot(options)
  }

  /**
   * A mailer whose options are made while the app boots. `name` and `isGlobal` stand beside the factory.
   *
   * @example
   * PosternModule.forRootAsync({
   *   isGlobal: true,
   *   inject: [ConfigService],
   *   useFactory: (config: ConfigService) => ({ settings: config.getOrThrow<string>('MAIL_URL') }),
   * })
   */
  static override forRootAsync(options: PosternModuleAsyncOptions): DynamicModule {
    return super.forRootAsync(options)
  }
}
