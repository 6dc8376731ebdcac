import type { Transporter } from '@postern/nodemailer'
import { fieldsOf } from './problem.ts'

/** Sends the message of a request body. Returns what `POST /send` answers. */
export async function sendPosted(mailer: Transporter, from: string, body: unknown) {
  const { messageId, accepted, response } = await mailer.sendMail({ from, ...fieldsOf(body) })
  return { messageId, accepted, response, port: mailer.endpoint?.port }
}
