import type { CreateTransportOptions, SendMailOptions } from '@postern/nodemailer'
import type { MailSetup } from './mail-setup.ts'
import { fieldsOf } from './problem.ts'

/** Options of a second mailer, for mail to many: it has a queue and limits of its own, so that no other mail waits behind it. */
export function newsletterOptions({ transport }: Pick<MailSetup, 'transport'>): CreateTransportOptions {
  return { ...transport, pool: true, maxConnections: 1, rateLimit: 20 }
}

/** What sends a newsletter: a transporter, or the service of Nest. */
interface Mailer {
  sendMail(message: SendMailOptions): Promise<unknown>
}

/** Sends a message to each address in `to`, which are separated by commas. Returns what `POST /newsletter` answers. */
export async function sendNewsletter(mailer: Mailer, from: string, body: unknown) {
  const { to, ...message } = fieldsOf(body)
  const outcomes = await Promise.allSettled(to.split(',').map((address) => mailer.sendMail({ from, to: address.trim(), ...message })))
  const accepted = outcomes.filter(({ status }) => status === 'fulfilled').length
  return { accepted, failed: outcomes.length - accepted }
}
