import { nodemailerAdapter } from '@payloadcms/email-nodemailer'
import type { Transporter } from '@postern/nodemailer'

/** For `buildConfig({ email: emailAdapter(mailer) })`. Payload verifies the mailer at start-up, and logs if that fails. */
export const emailAdapter = (mailer: Transporter): ReturnType<typeof nodemailerAdapter> => nodemailerAdapter({ transport: mailer, defaultFromAddress: 'app@example.com', defaultFromName: 'App' })
