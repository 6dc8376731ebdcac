import type { RejectedRecipient } from '@postern/core/submission'
import type { NodemailerError } from 'nodemailer'
import type { Secrets } from '../options/secrets.ts'
import { responseOf } from './response.ts'

/** A recipient that the server refused, as nodemailer's `rejectedErrors` has it. */
export function rejectedErrorOf({ recipient, reply }: RejectedRecipient, secrets: Secrets): NodemailerError {
  const response = responseOf(reply, secrets)
  return Object.assign(new Error(`Recipient command failed: ${response}`), {
    code: 'EENVELOPE',
    response,
    responseCode: reply.code,
    permanent: isPermanent(reply.code),
    command: 'RCPT TO',
    recipient,
  })
}

/** Every 5yz but 503, which is about the order of the commands: nodemailer's rule. */
export function isPermanent(replyCode: number): boolean {
  return replyCode >= 500 && replyCode !== 503
}
