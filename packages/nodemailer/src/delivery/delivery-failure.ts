import type { SubmissionFailed } from '@postern/core/submission'
import type { Secrets } from '../options/secrets.ts'
import { DeliveryError } from './delivery-error.ts'
import { commandOf, nodemailerCauseOf } from './nodemailer-cause.ts'
import { isPermanent, rejectedErrorOf } from './rejected-error.ts'
import { responseOf } from './response.ts'

/** Creates the error that `sendMail` rejects with. */
export function deliveryErrorOf(failed: SubmissionFailed, secrets: Secrets): DeliveryError {
  const { failure, delivery, retryable, attempts, reply, rejected = [], diagnosis, cause } = failed
  const response = reply && responseOf(reply, secrets)
  const { replyCode } = failure
  return new DeliveryError({
    failure,
    attempts,
    delivery,
    retryable,
    response,
    command: commandOf(failure),
    permanent: replyCode === undefined ? undefined : isPermanent(replyCode) && failure.code !== 'rate-limited',
    rejected: rejected.map(({ recipient }) => recipient),
    rejectedErrors: rejected.map((one) => rejectedErrorOf(one, secrets)),
    diagnosis,
    cause: nodemailerCauseOf(failure, { response, diagnosis, attempts, underlying: cause }),
  })
}
