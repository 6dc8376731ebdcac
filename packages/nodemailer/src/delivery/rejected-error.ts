import type { RejectedRecipient } from '@postern/core/submission'
import type { NodemailerError } from 'nodemailer'
import type { Secrets } from '../options/secrets.ts'
import { responseOf } from './response.ts'

/** An entry of nodemailer's `rejectedErrors`. */
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

/** nodemailer's rule: 5yz except 503, which is about the order of the commands. */
export function isPermanent(replyCode: number): boolean {
  return replyCode >= 500 && replyCode !== 503
}
