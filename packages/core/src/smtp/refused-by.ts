import type { FailureCode, Stage } from '../failure/failure.ts'
import { refusalFacts } from '../failure/refusal.ts'
import { SmtpError } from '../failure/smtp-error.ts'
import type { Reply } from './reply.ts'

/** The error for a 4yz or 5yz reply. */
export function refusedBy(code: FailureCode, reply: Reply, stage: Stage): SmtpError {
  return new SmtpError(refusalFacts(code, reply, stage))
}
