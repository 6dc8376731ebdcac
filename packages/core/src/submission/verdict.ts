import type { Endpoint } from '../endpoint.ts'
import { describeFailure, type Failure, type FailureCode, type FailureFacts, type Stage } from '../failure/failure.ts'
import { refusalFacts } from '../failure/refusal.ts'
import type { SmtpError } from '../failure/smtp-error.ts'
import { format } from '../text/format.ts'
import { describeIn } from '../text/translatable.ts'
import { type Locale, textsFor } from '../text/index.ts'
import type { EnvelopeFault } from './envelope.ts'
import type { Refused } from './transaction-result.ts'

/** Failures that last until the configuration changes. */
const lasting: ReadonlySet<FailureCode> = new Set([
  'envelope-invalid',
  'dns-not-found',
  'auth-mechanism',
  'auth-not-offered',
  'auth-secret-missing',
  'certificate-name',
  'certificate-untrusted',
  'certificate-changed',
  'certificate-expired',
  'tls-version',
  'starttls-not-offered',
  'message-too-large',
  'require-tls-not-offered',
])

/** Whether the same message may succeed later without any change. */
export function isPassing(failure: Failure): boolean {
  const { replyCode = 0 } = failure
  if (failure.code === 'rate-limited') return true
  // RFC 5321 §4.2.1: 4yz is temporary, 5yz is permanent.
  return replyCode >= 400 ? replyCode < 500 : !lasting.has(failure.code)
}

const refusals: Readonly<Record<Refused['stage'], FailureCode>> = {
  mail: 'sender-rejected',
  rcpt: 'recipient-rejected',
  data: 'message-rejected',
  message: 'message-rejected',
}

/** Describes a refusal. @param isLoggedIn whether a login was made on the connection */
export function refusalOf({ stage, reply }: Refused, isLoggedIn: boolean, endpoint: Endpoint, locale: Locale): Failure {
  return describeFailure({ ...refusalFacts(refusals[stage], reply, stage, { isLoggedIn }), stage: stage === 'message' ? 'data' : stage }, endpoint, locale)
}

const faults: Readonly<Record<EnvelopeFault['code'], { readonly code: FailureCode; readonly stage: Stage }>> = {
  'no-recipients': { code: 'envelope-invalid', stage: 'rcpt' },
  sender: { code: 'envelope-invalid', stage: 'mail' },
  recipient: { code: 'envelope-invalid', stage: 'rcpt' },
  size: { code: 'message-too-large', stage: 'mail' },
  'require-tls': { code: 'require-tls-not-offered', stage: 'mail' },
}

/** Describes a fault of the envelope. */
export function faultOf({ code }: EnvelopeFault, endpoint: Endpoint, locale: Locale): Failure {
  return describeFailure(faults[code], endpoint, locale)
}

/** Describes a lost connection. If the message may have been accepted, the description says so. */
export function lossOf(stage: Stage, { facts }: SmtpError, mayBeAccepted: boolean, endpoint: Endpoint, locale: Locale): Failure {
  const { replyCode: _, ...rest } = facts
  const lost = { ...rest, stage }
  if (!mayBeAccepted) return describeFailure(lost, endpoint, locale)
  const { host } = endpoint
  return describeIn(locale, (language) => {
    const failure = describeFailure(lost, endpoint, language)
    const { message, advice } = textsFor(language).delivery.unknown
    return { ...failure, message: format(message, { host, message: failure.message }), advice }
  })
}

/** Permanent error codes of sources; all other errors are treated as temporary. */
const lastingSources = /^(?:ENOENT|ENOTDIR|EISDIR|EACCES|EPERM|ELOOP|ENAMETOOLONG|EFILEACCESS|EURLACCESS|ERR_ACCESS_DENIED|ERR_INVALID_ARG_TYPE)$/

/** Whether the error of a source is temporary. */
export function isSourcePassing(cause: Error): boolean {
  const { code } = cause as { readonly code?: unknown }
  return !(typeof code === 'string' && lastingSources.test(code))
}

/** The failure for an abort: by the message's deadline, or by the caller. */
export function interruptionOf(reason: unknown, stage: Stage): FailureFacts {
  if (!(reason instanceof MessageDeadline)) return { code: 'aborted', stage }
  return { code: 'deadline', stage, values: { seconds: reason.ms / 1_000 } }
}

/** The abort reason when a message's deadline has passed. */
export class MessageDeadline {
  readonly ms: number

  constructor(ms: number) {
    this.ms = ms
  }
}
