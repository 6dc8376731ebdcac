import { retryAdvice, type SendMailOptions, type Transporter } from '@postern/nodemailer'
import type PgBoss from 'pg-boss' // since version 12: import type { PgBoss } from 'pg-boss'

/** For `boss.send('mail', job)`. */
export interface MailJob {
  readonly message: SendMailOptions
  /** How often it was tried before. */
  readonly attempt: number
}

export async function startMailWorker(mailer: Transporter, boss: PgBoss): Promise<void> {
  // With a `retryLimit`, pg-boss would repeat a job whose process ended after the message was sent.
  await boss.createQueue('mail', { name: 'mail', retryLimit: 0 })
  await boss.work<MailJob>('mail', async ([job]) => {
    if (!job) return
    const { message, attempt } = job.data
    try {
      await mailer.sendMail(message)
    } catch (error) {
      const { action, after = 30_000 * 2 ** attempt } = retryAdvice(error)
      // A new error: pg-boss would store the `cause` of Postern's, and with it the replies of the mail server.
      if (action === 'ask' || action === 'give-up' || attempt >= 8) throw new Error(`${action}: ${String(error)}`)
      await boss.send('mail', { message, attempt: attempt + 1 }, { startAfter: Math.ceil(after / 1_000) })
    }
  })
}
