import { describeFailure, diagnose, format, textsFor, type Endpoint, type Failure, type FailureCode, type Locale, mayTryNext, type Stage } from '@postern/core'
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
export function isPassing({ code, replyCode }: Failure): boolean {
  // RFC 5321 §4.2.1: a 4yz asks to be tried again, a 5yz not to be.
  return replyCode !== undefined ? replyCode < 500 : !lasting.has(code)
}

/** What a failed try means for the message. */
export interface Verdict {
  readonly failure: Failure
  readonly delivery: Delivery
  readonly retryable: boolean
  /** Whether another endpoint may be tried now, within the same send. */
  readonly next: boolean
}

export interface Circumstances {
  readonly endpoint: Endpoint
  readonly body: BodyWatch
  readonly signal: AbortSignal
  readonly locale: Locale
}

/** The delivery table: what may be tried again, and whether the server can have the message. */
export function verdictOn(error: unknown, circumstances: Circumstances): Verdict {
  const { body, signal } = circumstances
  const failure = failureOf(error, circumstances)
  const refused = failure.replyCode !== undefined
  if (body.ended && !refused) {
    return { failure: inDoubt(failure, circumstances), delivery: 'unknown', retryable: false, next: false }
  }

  const next = !signal.aborted && !body.read && body.replayable && !ownFault.has(failure.code) && mayTryNext(failure)
  return { failure, delivery: 'not-accepted', retryable: isPassing(failure), next }
}

function failureOf(error: unknown, { endpoint, body, signal, locale }: Circumstances): Failure {
  if (signal.aborted) return interruption(signal, stageOf(body), endpoint, locale)
  const failure = diagnose(error, { ...endpoint, locale })
  // nodemailer says CONN for a loss anywhere in the dialogue; how far the message was tells where.
  if (failure.replyCode !== undefined || failure.stage !== 'connect' || !body.created) return failure
  return { ...failure, stage: stageOf(body) }
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
