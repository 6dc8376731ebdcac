import { randomUUID } from 'node:crypto'
import type { MailMessage } from 'nodemailer'

/**
 * Sets the Message-ID where the message has none, as nodemailer's SMTP transport does before it composes. nodemailer's own
 * generator parses all address headers once more and asks the system for random octets five times: a sixth of what sending
 * a small message costs.
 *
 * @param from the sender of the envelope, whose domain stands in the Message-ID
 */
export function ensureMessageId(message: MailMessage['message'], from: unknown): void {
  if (message.getHeader('Message-ID')) return
  const { hostname } = message as { readonly hostname?: unknown }
  const name = from || hostname || 'localhost'
  if (typeof name !== 'string') return void message.messageId()
  message.setHeader('Message-ID', `<${randomUUID()}@${name.slice(name.lastIndexOf('@') + 1)}>`)
}
