import type { MailMessage } from 'nodemailer'
import type { Logger } from 'nodemailer/lib/shared'

const component = 'smtp-transport'

/** Logs that a message is being sent, like nodemailer's transports. */
export function logSending(logger: Logger, { message }: MailMessage): void {
  const messageId = message.messageId()
  const recipients = [...message.getEnvelope().to]
  if (recipients.length > 3) recipients.push(`...and ${recipients.splice(2).length} more`)
  logger.info({ component, tnx: 'send', messageId }, 'Sending message %s to <%s>', messageId, recipients.join(', '))
}

/** Logs a failed message. */
export function logOutcome(logger: Logger, { message }: MailMessage, error: Error | null): void {
  if (error) logger.error({ component, err: error, tnx: 'send' }, 'Send error for %s: %s', message.messageId(), error.message)
}
