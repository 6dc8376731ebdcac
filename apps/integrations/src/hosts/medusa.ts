import type { Logger, NotificationContent, ProviderSendNotificationDTO, ProviderSendNotificationResultsDTO } from '@medusajs/framework/types'
import { AbstractNotificationProviderService, MedusaError, ModuleProvider, Modules } from '@medusajs/framework/utils'
import { createTransport, type SubmissionSettings, type Transporter } from '@postern/nodemailer'

interface Options {
  /** A URL, or an object such as `{ host, auth: { user, pass } }`. */
  readonly settings: SubmissionSettings
  readonly from: string
  /** By template name, for notifications without `content`. */
  readonly templates?: Readonly<Record<string, (data: Record<string, unknown>) => NotificationContent>>
}

class SmtpNotificationProviderService extends AbstractNotificationProviderService {
  static override identifier = 'smtp'
  readonly #mailer: Transporter
  readonly #options: Options

  /** Medusa creates the service with the first notification, and validates its options at start-up. */
  static override validateOptions({ settings, from }: Options): void {
    if (!from) throw new MedusaError(MedusaError.Types.INVALID_DATA, 'The SMTP notification provider needs the option from.')
    createTransport(settings).close()
  }

  constructor({ logger }: { readonly logger: Logger }, options: Options) {
    super()
    this.#options = options
    this.#mailer = createTransport(options.settings)
    this.#mailer.on('fallback', ({ endpoint }) => logger.warn(`Mail goes over port ${endpoint.port} now.`))
  }

  override async send(notification: ProviderSendNotificationDTO): Promise<ProviderSendNotificationResultsDTO> {
    const { to, template, attachments } = notification
    const content = notification.content ?? this.#options.templates?.[template]?.(notification.data ?? {})
    if (!content) throw new MedusaError(MedusaError.Types.INVALID_DATA, `No content for a notification with the template ${template}.`)
    const { messageId } = await this.#mailer.sendMail({
      from: notification.from ?? this.#options.from,
      to,
      subject: content.subject,
      text: content.text,
      html: content.html,
      attachments: attachments?.map(({ content: base64, filename, content_type, disposition, id }) => ({
        content: base64,
        encoding: 'base64',
        filename,
        contentType: content_type,
        contentDisposition: disposition === 'inline' ? 'inline' : 'attachment',
        cid: id,
      })),
    })
    return { id: messageId }
  }
}

/**
 * `src/modules/smtp/index.ts`. Among the providers of `@medusajs/medusa/notification` in `medusa-config.ts`:
 * `{ resolve: './src/modules/smtp', id: 'smtp', options: { channels: ['email'], settings: process.env.SMTP_URL, from: 'shop@example.com' } }`
 */
export default ModuleProvider(Modules.NOTIFICATION, { services: [SmtpNotificationProviderService] })
