import {
  type Attempt,
  diagnoseAttempts,
  type Endpoint,
  type EndpointSelector,
  type Failure,
  type Locale,
  NoUsableEndpointError,
} from '@postern/core'
import type { SMTPSentMessageInfo } from 'nodemailer'
import { DeliveryError } from './delivery-error.ts'
import { redactDeep } from './redacting-logger.ts'
import type { Secrets } from './secrets.ts'
import { interruption, isPassing } from './verdict.ts'

/** What was tried for a message. */
interface Tries {
  readonly attempts: readonly Attempt[]
  readonly avoid: readonly Endpoint[]
  readonly signal: AbortSignal
}

/** What it was tried with. */
interface Way {
  readonly selector: EndpointSelector
  readonly locale: Locale
  readonly onExhausted: (error: NoUsableEndpointError) => void
}

/** What the server said of a message that it took. The rest of the outcome is the caller's own. */
export function withoutSecrets(info: SMTPSentMessageInfo, secrets: Secrets): SMTPSentMessageInfo {
  const { response, serverMessageId, ehlo, rejectedErrors } = info
  const said = secrets.hide(response)
  const offer = ehlo && secrets.hideIn(ehlo)
  // Nearly always. nodemailer reads the id from the response.
  if (said === response && offer === ehlo && !rejectedErrors) return info
  return {
    ...info,
    response: said,
    ...(serverMessageId !== undefined && { serverMessageId: secrets.hide(serverMessageId) }),
    ...(offer && { ehlo: [...offer] }),
    ...(rejectedErrors && { rejectedErrors: redactDeep(rejectedErrors, secrets) }),
  }
}

/** RFC 5321 §4.2: three digits, of which nodemailer reads the first alone. */
export function isAcceptance(response: string): boolean {
  return /^2\d\d(?:[ -]|$)/.test(response)
}

/** An error as nodemailer would make it. */
export function garbled(response: string): Error {
  return Object.assign(new Error('The reply is none.'), { code: 'EMESSAGE', command: 'DATA', response })
}

/** Somebody, or the deadline, has ended it before the server could have it. */
export function calledOff({ attempts, signal }: Tries, { selector, locale }: Way): DeliveryError {
  const { stage, endpoint } = attempts.at(-1) ?? { stage: 'connect', endpoint: { host: selector.settings.host, port: NaN, security: 'starttls' } }
  const failure = interruption(signal, stage, endpoint, locale)
  return new DeliveryError({ failure, attempts, delivery: 'not-accepted', retryable: true })
}

/** The rungs that failed last, unless there is no other: a message that cannot be sent twice does not begin there. */
export function knownDown(selector: EndpointSelector): readonly Endpoint[] {
  const { endpoint, rungs } = selector.state()
  const down = endpoint ? [] : rungs.filter(({ standing }) => standing === 'down')
  return down.length < rungs.length ? down.map((rung) => rung.endpoint) : []
}

/** Nothing opens, or nothing that is left does: the story of every try, this message's own ones included. */
export function exhausted(error: NoUsableEndpointError, tries: Tries, way: Way): DeliveryError {
  const { signal, avoid } = tries
  const { selector, locale } = way
  const attempts = [...tries.attempts, ...error.attempts]
  if (signal.aborted) return calledOff({ ...tries, attempts }, way)
  const diagnosis = diagnoseAttempts(selector.settings.host, attempts, { locale })
  // The selector tells of a ladder that it has gone through by itself; here a part of it had failed the message before.
  if (avoid.length > 0) way.onExhausted(new NoUsableEndpointError(attempts, diagnosis))
  const { message, advice } = diagnosis
  const failure: Failure = { code: 'no-usable-endpoint', stage: attempts.at(-1)?.stage ?? 'connect', message, advice }
  const retryable = attempts.some(({ failure }) => failure && isPassing(failure))
  return new DeliveryError({ failure, attempts, delivery: 'not-accepted', retryable })
}

export function attemptOf(endpoint: Endpoint, startedAt: number, failure: Failure): Attempt {
  const ms = Date.now() - startedAt
  return { endpoint, outcome: 'failed', stage: failure.stage, failure, startedAt: new Date(startedAt), ms, stages: [] }
}

/** The pool's own word for a connection that went away before the message was begun; it has no command. */
export function wasDropped(error: unknown): boolean {
  const { code, command } = error as { readonly code?: unknown; readonly command?: unknown }
  return code === 'ECONNECTION' && command === undefined
}

export function responseOf(error: unknown, secrets: Secrets): string | undefined {
  const { response } = error as { readonly response?: unknown }
  return typeof response === 'string' ? secrets.hide(response) : undefined
}
