import { retryAdvice, type SendMailOptions, type Transporter } from '@postern/nodemailer'
import { type Inngest, NonRetriableError, RetryAfterError } from 'inngest'

export function mailFunction(inngest: Inngest.Any, mailer: Transporter) {
  return inngest.createFunction({ id: 'send-mail', retries: 8, triggers: { event: 'mail/send' } }, async ({ event, step }) => {
    await step.run('send', () => sendInStep(mailer, event.data as SendMailOptions))
  })
}

export async function sendInStep(mailer: Transporter, message: SendMailOptions): Promise<void> {
  try {
    await mailer.sendMail(message)
  } catch (error) {
    // New errors: Inngest would send the `cause` of Postern's to its servers, and with it the replies of the mail server.
    const { action, after } = retryAdvice(error)
    if (action === 'ask' || action === 'give-up') throw new NonRetriableError(`${action}: ${String(error)}`)
    throw after === undefined ? new Error(String(error)) : new RetryAfterError(String(error), after)
  }
}
