import {
  describeFailure,
  diagnose,
  type Endpoint,
  type Failure,
  type FailureCode,
  format,
  type Locale,
  mayTryNext,
  type Stage,
  textsFor,
} from '@postern/core'
import type { BodyWatch } from './body-watch.ts'
import type { Delivery } from './delivery-error.ts'
import { SendDeadlineReached } from './send-deadline.ts'

/** What is wrong with the message itself, wherever it goes. */
const ownFault: ReadonlySet<FailureCode> = new Set(['envelope-invalid', 'message-unreadable'])

/** What stays as it is until somebody changes something. */
const lasting: ReadonlySet<FailureCode> = new Set([
  ...ownFault,
  'dns-not-found',
  'auth-mechanism',
  'auth-not-offered',
  'certificate-name',
  'certificate-untrusted',
  'certificate-expired',
  'tls-version',
  'starttls-not-offered',
])

/** Whether the same message may go through later though nobody changes anything. */
export function isPassing(failure: Failure): boolean {
  // RFC 5321 §4.2.1: a 4yz asks to be tried again, a 5yz not to be.
  return isRefusal(failure) ? failure.replyCode < 500 : !lasting.has(failure.code)
}

/** Whether the server has said no. Anything else it may have said, in place of what was asked, is noise. */
function isRefusal(failure: Failure): failure is Failure & { readonly replyCode: number } {
  return failure.replyCode !== undefined && failure.replyCode >= 400
}

/** Whether a login was sent and nobody knows what the server makes of it. */
export function isLoginLost(failure: Failure): boolean {
  return failure.stage === 'auth' && !isRefusal(failure) && !nothingSent.has(failure.code)
}

const nothingSent: ReadonlySet<FailureCode> = new Set(['auth-not-offered', 'auth-mechanism'])

/** What a failed try means for the message. */
export interface Verdict {
  readonly failure: Failure
  readonly delivery: Delivery
  readonly retryable: boolean
  /** Whether it was the endpoint that failed, and not the message or its sender. */
  readonly endpointFailed: boolean
  /** Whether another endpoint may be tried now, within the same send. */
  readonly next: boolean
}

export interface Circumstances {
  readonly endpoint: Endpoint
  readonly body: BodyWatch
  readonly signal: AbortSignal
  readonly locale: Locale
}

/** What is read of nodemailer's errors. */
interface NodemailerError {
  readonly code?: unknown
  readonly command?: unknown
  readonly response?: unknown
  readonly failure?: unknown
}

/** The delivery table: what may be tried again, and whether the server can have the message. */
export function verdictOn(error: unknown, circumstances: Circumstances): Verdict {
  const { body, signal } = circumstances
  const failure = failureOf(error, circumstances)
  const refused = isRefusal(failure)
  if (body.ended && !refused) {
    const doubt = inDoubt(failure, circumstances)
    return { failure: doubt, delivery: 'unknown', retryable: false, endpointFailed: false, next: false }
  }

  const isOwn = ownFault.has(failure.code) || isOwnCode(error)
  const endpointFailed = !signal.aborted && !body.read && !isOwn && !isSecretMissing(failure) && (!refused || mayTryNext(failure))
  const retryable = !isOwn && isPassing(failure)
  return { failure, delivery: 'not-accepted', retryable, endpointFailed, next: endpointFailed && body.replayable }
}

/** A login whose secret the app could not give: no port is at fault, and none would do. */
function isSecretMissing({ code, replyCode }: Failure): boolean {
  return code === 'auth-temporary' && replyCode === undefined
}

/**
 * What nodemailer refuses by itself, before a byte of the message has gone out: one that is larger than the server takes
 * (RFC 1870), or one that asks for more than the server has (RFC 8689). No other port would take it.
 */
function isOwnCode(error: unknown): boolean {
  const { code, response } = error as NodemailerError
  return (code === 'EMESSAGE' || code === 'EREQUIRETLS') && !response
}

function failureOf(error: unknown, { endpoint, body, signal, locale }: Circumstances): Failure {
  if (signal.aborted) return interruption(signal, stageOf(body), endpoint, locale)
  // nodemailer keeps the code of the file system beside its own, which is no news about the network.
  const isUnreadable = (error as NodemailerError).code === 'ESTREAM'
  if (isUnreadable) return describeFailure({ code: 'message-unreadable', stage: 'data' }, endpoint, locale)
  const failure = diagnose(closingOf(error, body) ?? error, { ...endpoint, locale })
  if (isGarbled(error)) {
    const stage = failure.stage === 'connect' || body.read ? stageOf(body) : failure.stage
    return describeFailure({ code: 'protocol-error', stage }, endpoint, locale)
  }
  // nodemailer says CONN for a loss anywhere in the dialogue; how far the message was tells where.
  if (failure.replyCode !== undefined || failure.stage !== 'connect' || !body.created) return failure
  return { ...failure, stage: stageOf(body) }
}

/**
 * A 421 to a recipient while other replies are to come, with PIPELINING (RFC 2920) or without. nodemailer says the same of
 * it as of a loss, and only keeps the reply. MAIL and DATA keep an error of their own, so that it is none of theirs.
 */
function closingOf(error: unknown, body: BodyWatch): object | undefined {
  const { code, command, response } = error as NodemailerError
  const isClosing = code === 'ECONNECTION' && command === 'CONN' && typeof response === 'string' && response.startsWith('421')
  if (!isClosing || !body.created || body.read) return undefined
  return { code: 'EENVELOPE', command: 'RCPT TO', response, responseCode: 421 }
}

/** What nodemailer takes for a no, and is no reply at all. */
function isGarbled(error: unknown): boolean {
  const { response, failure } = error as NodemailerError
  return failure === undefined && typeof response === 'string' && response !== '' && !/^[45]\d\d(?:[ -]|$)/.test(response)
}

/** Why a send was called off: the caller's wish, or its deadline. */
export function interruption(signal: AbortSignal, stage: Stage, endpoint: Endpoint, locale: Locale): Failure {
  const { reason } = signal as { reason: unknown }
  if (!(reason instanceof SendDeadlineReached)) return describeFailure({ code: 'aborted', stage }, endpoint, locale)
  return describeFailure({ code: 'deadline', stage, values: { seconds: reason.ms / 1000 } }, endpoint, locale)
}

/** The failure alone would send people to look at the network; what they must know is where the message may be. */
function inDoubt(failure: Failure, { endpoint: { host }, locale }: Circumstances): Failure {
  const { message, advice } = textsFor(locale).delivery.unknown
  return { ...failure, message: format(message, { host, message: failure.message }), advice }
}

function stageOf({ created, read, ended }: BodyWatch): Stage {
  return ended ? 'message' : read ? 'data' : created ? 'mail' : 'connect'
}
