import { type DynamicModule, Inject, Module, type Provider } from '@nestjs/common'
import type { Transporter } from '@postern/nodemailer'
import { PosternHealthIndicator } from '../health/postern-health-indicator.ts'
import { MailerService } from '../mailer-service.ts'
import { getMailerServiceToken } from '../service-token.ts'
import { getMailerToken, tokenFor } from '../tokens.ts'
import { createRecordingMailer, type RecordedMessage, type RecordingMailer } from './recording-mailer.ts'

/** What tests may want that is not there by default. */
export interface PosternTestingOptions {
  /** Mailers with a name, beside the one without. They all record into one list. */
  readonly name?: string | readonly string[] | undefined
  /** Whether every module can inject them without importing `PosternTestingModule`. @default true */
  readonly isGlobal?: boolean | undefined
}

const RECORDER = tokenFor('PosternRecorder', 'testing')

/**
 * Stands in for `PosternModule` where a test builds its module from parts: the same injections, and no message leaves.
 * Where the whole app is tested, override the mailer instead: see `createRecordingMailer`.
 *
 * @example
 * const app = await Test.createTestingModule({ imports: [PosternTestingModule.forRoot()], providers: [Welcome] }).compile()
 * await app.get(Welcome).greet('ada@example.com')
 * expect(app.get(PosternTestingModule).messages).toMatchObject([{ to: 'ada@example.com' }])
 */
@Module({
  providers: [{ provide: RECORDER, useFactory: createRecordingMailer }, ...mailerParts(), PosternHealthIndicator],
  exports: [getMailerToken(), getMailerServiceToken(), PosternHealthIndicator],
})
export class PosternTestingModule {
  readonly #recorder: RecordingMailer

  constructor(@Inject(RECORDER) recorder: RecordingMailer) {
    this.#recorder = recorder
  }

  /** The mailer without a name, and those that are named here. */
  static forRoot({ name = [], isGlobal = true }: PosternTestingOptions = {}): DynamicModule {
    const names = typeof name === 'string' ? [name] : name
    return {
      module: PosternTestingModule,
      global: isGlobal,
      providers: names.flatMap((one) => mailerParts(one)),
      exports: names.flatMap((one) => [getMailerToken(one), getMailerServiceToken(one)]),
    }
  }

  /** Every message so far, oldest first, as the app gave it. */
  get messages(): readonly RecordedMessage[] {
    return this.#recorder.messages
  }

  /** Forgets them, between one test and the next. */
  clear(): void {
    this.#recorder.clear()
  }
}

function serviceOf(transporter: Transporter): MailerService {
  return new MailerService(transporter)
}

function mailerParts(name?: string): Provider[] {
  const mailer = getMailerToken(name)
  return [
    { provide: mailer, useExisting: RECORDER },
    { provide: getMailerServiceToken(name), useFactory: serviceOf, inject: [mailer] },
  ]
}
