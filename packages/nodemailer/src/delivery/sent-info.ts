import type { SubmissionAccepted } from '@postern/core/submission'
import type { MailMessage, SMTPSentMessageInfo } from 'nodemailer'
import type { Secrets } from '../options/secrets.ts'
import type { GivenEnvelope } from './envelope.ts'
import { rejectedErrorOf } from './rejected-error.ts'
import { responseOf } from './response.ts'
import { serverMessageIdOf } from './server-message-id.ts'

/** The result of `sendMail`, with nodemailer's fields. */
export function sentInfoOf({ message }: MailMessage, { from, to }: GivenEnvelope, { endpoint, offer, result }: SubmissionAccepted, secrets: Secrets): SMTPSentMessageInfo {
  const { accepted, rejected, reply, envelopeMs, messageMs, octets } = result
  const response = responseOf(reply, secrets)
  const serverMessageId = serverMessageIdOf(response, endpoint.host)
  return {
    accepted: [...accepted],
    rejected: rejected.map(({ recipient }) => recipient),
    ...(offer.length > 0 && { ehlo: [...secrets.hideIn(offer)] }),
    ...(rejected.length > 0 && { rejectedErrors: rejected.map((one) => rejectedErrorOf(one, secrets)) }),
    envelopeTime: envelopeMs,
    messageTime: messageMs,
    messageSize: octets,
    response,
    ...(serverMessageId !== undefined && { serverMessageId }),
    envelope: { from, to },
    messageId: message.messageId(),
  } as SMTPSentMessageInfo
}
