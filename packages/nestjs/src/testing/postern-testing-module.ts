import { type DynamicModule, Inject, Module, type Provider } from '@nestjs/common'
import type { Transporter } from '@postern/nodemailer'
import { PosternHealthIndicator } from '../health/postern-health-indicator.ts'
import { MailerService } from '../mailer-service.ts'
import { getMailerServiceToken } from '../service-token.ts'
import { getMailerToken, tokenFor } from '../tokens.ts'
import { createRecordingMailer, type RecordedMessage, type RecordingMailer } from './recording-mailer.ts'

/** Options of `PosternTestingModule.forRoot`. */
export interface PosternTestingOptions {
  /** Additional named mailers. All mailers record into one list. */
  readonly name?: string | readonly string[] | undefined
  /** Whether every module can inject them without importing `PosternTestingModule`. @default true */
  readonly isGlobal?: boolean | undefined
}

const RECORDER = tokenFor('PosternRecorder', 'testing')

/**
 * Replaces `PosternModule` in tests that build a module from parts: it provides the same tokens and records messages instead
 * of sending them. To test the whole app, override the mailer instead: see `createRecordingMailer`.
 *
 * @example
 * const app = await Test.createTestingModule({ imports: [PosternTestingModule.forRoot()], providers: [Welcome] }).compile()
 * await app.get(Welcome).greet('ada@example.com')
 * expect(app.get(PosternTestingModule).messages).toMatchObject([{ to: 'ada@example.com' }])
 */
@Module({
  providers: [{ provide: RECORDER, useFactory: createRecordingMailer }, ...mailerProviders(), PosternHealthIndicator],
  exports: [getMailerToken(), getMailerServiceToken(), PosternHealthIndicator],
})
export class PosternTestingModule {
  readonly #recorder: RecordingMailer

  constructor(@Inject(RECORDER) recorder: RecordingMailer) {
    this.#recorder = recorder
  }

  /** Provides the mailer without a name and those in `name`. */
  static forRoot({ name = [], isGlobal = true }: PosternTestingOptions = {}): DynamicModule {
    const names = typeof name === 'string' ? [name] : name
    return {
      module: PosternTestingModule,
      global: isGlobal,
      providers: names.flatMap((one) => mailerProviders(one)),
      exports: names.flatMap((one) => [getMailerToken(one), getMailerServiceToken(one)]),
    }
  }

  /** Every message so far, oldest first, as the app passed it. */
  get messages(): readonly RecordedMessage[] {
    return this.#recorder.messages
  }

  /** Removes all recorded messages. */
  clear(): void {
    this.#recorder.clear()
  }
}

function serviceOf(transporter: Transporter): MailerService {
  return new MailerService(transporter)
}

function mailerProviders(name?: string): Provider[] {
  const mailer = getMailerToken(name)
  return [
    { provide: mailer, useExisting: RECORDER },
    { provide: getMailerServiceToken(name), useFactory: serviceOf, inject: [mailer] },
  ]
}
