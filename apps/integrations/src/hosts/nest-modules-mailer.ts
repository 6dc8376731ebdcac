import type { DynamicModule } from '@nestjs/common'
import { MailerModule } from '@nestjs-modules/mailer'
import type { SubmissionTransport } from '@postern/nodemailer'

/** For `@Module({ imports: [mailModule(transport)] })`. */
export const mailModule = (transport: SubmissionTransport): DynamicModule => MailerModule.forRoot({ transport })
