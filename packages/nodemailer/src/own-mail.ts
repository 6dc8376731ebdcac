import type { SMTPSentMessageInfo, SMTPTransportOptions } from 'nodemailer'
import Mail from 'nodemailer/lib/mailer'

/**
 * nodemailer's `Mail` as Postern makes it: a transport recognises it by this class. A plain `Mail` that was made for the transport
 * lacks its options.
 */
export class OwnMail extends Mail<SMTPSentMessageInfo, SMTPTransportOptions> {}
