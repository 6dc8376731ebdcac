import { retryAdvice, type SendMailOptions, type Transporter } from '@postern/nodemailer'
import { AbortTaskRunError, task } from '@trigger.dev/sdk'

/** In a file of tasks: `export const sendMail = mailTask(createTransport(process.env.SMTP_URL))` */
export function mailTask(mailer: Transporter) {
  return task({
    id: 'send-mail',
    retry: { maxAttempts: 8, minTimeoutInMs: 30_000, factor: 2, maxTimeoutInMs: 3_600_000 },
    run: (message: SendMailOptions) => sendInTask(mailer, message),
    catchError: ({ error }) => retryOptions(error),
  })
}

export async function sendInTask(mailer: Transporter, message: SendMailOptions): Promise<void> {
  try {
    await mailer.sendMail(message)
  } catch (error) {
    const { action } = retryAdvice(error)
    if (action === 'ask' || action === 'give-up') throw new AbortTaskRunError(`${action}: ${String(error)}`)
    throw error
  }
}

/** When the next attempt starts, if the mail server has said it; otherwise `retry` decides. */
export function retryOptions(error: unknown): { readonly retryAt: Date } | undefined {
  const { after } = retryAdvice(error)
  return after === undefined ? undefined : { retryAt: new Date(Date.now() + after) }
}
