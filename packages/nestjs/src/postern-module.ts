import { type DynamicModule, Module } from '@nestjs/common'
import { ConfigurableModuleClass } from './module-definition.ts'
import type { PosternModuleAsyncOptions, PosternModuleExtras, PosternModuleOptions } from './options.ts'

/**
 * Provides a mailer that selects its port. Import it once for each mailer.
 *
 * @example
 * @Module({ imports: [PosternModule.forRoot({ settings: 'smtp://ada:secret@smtp.example.com', isGlobal: true })] })
 * class AppModule {}
 */
@Module({})
export class PosternModule extends ConfigurableModuleClass {
  /**
   * Provides a mailer with these options, or from the environment without any.
   *
   * The options are validated during boot, which fails with a `PosternOptionsError` if one is invalid.
   *
   * @example
   * PosternModule.forRoot()
   * PosternModule.forRoot({ name: 'newsletter', settings: { host: 'smtp.example.com' }, transport: { pool: true } })
   */
  static override forRoot(options: PosternModuleOptions & PosternModuleExtras = {}): DynamicModule {
    return super.forRoot(options)
  }

  /**
   * Provides a mailer whose options are created during boot. Set `name` and `isGlobal` here, not in the factory's result.
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
