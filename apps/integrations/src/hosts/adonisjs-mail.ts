import { MailResponse } from '@adonisjs/mail'
import type { MailEvents, MailTransportContract, NodeMailerMessage } from '@adonisjs/mail/types'
import type { SendMailOptions, SMTPSentMessageInfo, Transporter } from '@postern/nodemailer'

/** For `config/mail.ts`: `mailers: { smtp: () => new PosternTransport(mailer) }`. */
export class PosternTransport implements MailTransportContract {
  readonly #mailer: Transporter

  constructor(mailer: Transporter) {
    this.#mailer = mailer
  }

  async send(message: NodeMailerMessage): Promise<MailResponse<SMTPSentMessageInfo>> {
    // AdonisJS has the types of nodemailer 8.
    const info = await this.#mailer.sendMail(message as SendMailOptions)
    return new MailResponse(info.messageId, info.envelope, info)
  }

  /** AdonisJS closes the transport when the app ends: messages in progress are finished first. */
  async close(): Promise<void> {
    await this.#mailer.settled()
    this.#mailer.close()
  }
}

/** For `start/events.ts`: nobody awaits a message of `mail.sendLater`, so its error is lost without this listener. */
export function logQueuedErrors(
  emitter: { on(event: 'queued:mail:error', listener: (failure: MailEvents['queued:mail:error']) => void): unknown },
  logger: { error(details: object, message: string): void },
): void {
  emitter.on('queued:mail:error', ({ error, mailerName }) => {
    const { code, delivery, advice } = error as { code?: string; delivery?: string; advice?: string }
    logger.error({ mailer: mailerName, code, delivery, advice }, String(error))
  })
}
