import {
  type Attempt,
  type Credentials,
  describeFailure,
  diagnoseAttempts,
  type Endpoint,
  type EndpointSelector,
  type Failure,
  type Locale,
  NoUsableEndpointError,
} from '@postern/core'
import type { MailMessage, SMTPSentMessageInfo } from 'nodemailer'
import { type BodyWatch, watchBody } from './body-watch.ts'
import { DeliveryError } from './delivery-error.ts'
import { type Lane, LaneLeft } from './lane.ts'
import type { Lanes } from './lanes.ts'
import { SendDeadline } from './send-deadline.ts'
import { redactDeep } from './redacting-logger.ts'
import type { Secrets } from './secrets.ts'
import { interruption, isLoginLost, isPassing, verdictOn } from './verdict.ts'

/** What a message needs on its way. */
export interface Road {
  readonly selector: EndpointSelector
  readonly lanes: Lanes
  readonly pooled: boolean
  /** How many connections a pool may have. */
  readonly maxConnections: number
  readonly deadline: number | undefined
  readonly locale: Locale
  readonly secrets: Secrets
  readonly closed: () => boolean
  /** Is told of a try that failed with the message. */
  readonly onAttempt: (attempt: Attempt) => void
  /** Is told that a message found no endpoint that works. */
  readonly onExhausted: (error: NoUsableEndpointError) => void
}

/** What is known of a message's way when it has ended. */
export interface Journey {
  /** Where the message was last given to, if any endpoint could be used. */
  endpoint: Endpoint | undefined
  /** The tries that failed. */
  readonly attempts: Attempt[]
}

/** One message on its way. */
interface Trial {
  readonly mail: MailMessage
  readonly body: BodyWatch
  readonly signal: AbortSignal
  readonly journey: Journey
  readonly attempts: Attempt[]
  /** Endpoints that have failed this message. */
  readonly avoid: Endpoint[]
  /** How many connections of the pool turned out to be dropped when they were to take this message. */
  dropped: number
  /** Whether a login was sent once already, and got no answer. */
  loginLost: boolean
}

/**
 * Takes a message to the server: over the best endpoint, and over the next one as long as the server cannot have it.
 *
 * @throws DeliveryError
 */
export async function deliver(mail: MailMessage, road: Road, journey: Journey): Promise<SMTPSentMessageInfo> {
  const deadline = new SendDeadline(road.deadline, mail.data.signal)
  const { signal } = deadline
  const nothingYet = { dropped: 0, loginLost: false }
  const trial: Trial = { mail, body: watchBody(mail, deadline), signal, journey, attempts: journey.attempts, avoid: [], ...nothingYet }
  // nodemailer ends a connection when the signal of its message is aborted; so the deadline reaches it, too.
  mail.data.signal = signal
  // In a pool the work begins when a connection takes the message: the queue is not the server's fault.
  if (!road.pooled) deadline.works()
  const forget = road.secrets.add(ownLogin(mail))
  try {
    for (;;) {
      if (road.pooled) deadline.waits()
      const info = await tryOnce(trial, road)
      if (info) return info
    }
  } finally {
    forget()
    deadline.end()
  }
}

/** @returns nothing if another try is due */
async function tryOnce(trial: Trial, road: Road): Promise<SMTPSentMessageInfo | undefined> {
  const lane = await laneFor(trial, road)
  trial.journey.endpoint = lane.endpoint
  const startedAt = new Date()
  try {
    const info = await lane.send(trial.mail)
    if (!isAcceptance(info.response)) throw garbled(info.response)
    road.selector.reportDelivery(lane.endpoint)
    return redactDeep(info, road.secrets)
  } catch (error) {
    if (error instanceof LaneLeft) {
      if (!road.closed()) return undefined
      throw closedError(trial, road)
    }
    if (NoUsableEndpointError.isInstance(error)) throw exhausted(error, trial, road)
    const { endpoint } = lane
    const dropped = wasDropped(error)
    // Where the pool lost the answer to the login, the lane has kept it.
    const cause = dropped && lane.refusal ? { failure: lane.refusal } : error
    const verdict = verdictOn(cause, { endpoint, body: trial.body, signal: trial.signal, locale: road.locale })
    const attempt = attemptOf(endpoint, startedAt, verdict.failure)
    trial.attempts.push(attempt)
    road.onAttempt(attempt)

    // A server drops pooled connections as it likes. Each is used up by that, until a new one to the same endpoint is due.
    const isCurable = dropped && trial.dropped < road.maxConnections
    if (verdict.endpointFailed && !isCurable) {
      road.selector.reportFailure(endpoint, verdict.failure)
      trial.avoid.push(endpoint)
    }
    const loginLost = isLoginLost(verdict.failure)
    if (!verdict.next || (loginLost && trial.loginLost)) {
      throw new DeliveryError({ ...verdict, attempts: trial.attempts, response: responseOf(error, road) })
    }
    if (dropped) trial.dropped += 1
    trial.loginLost ||= loginLost
    return undefined
  }
}

/** RFC 5321 §4.2: three digits, of which nodemailer reads the first alone. */
function isAcceptance(response: string): boolean {
  return /^2\d\d(?:[ -]|$)/.test(response)
}

/** An error as nodemailer would make it. */
function garbled(response: string): Error {
  return Object.assign(new Error('The reply is none.'), { code: 'EMESSAGE', command: 'DATA', response })
}

/** The transport was closed before the message was begun. */
function closedError({ attempts }: Trial, { selector, locale }: Road): DeliveryError {
  const { host } = selector.settings
  const failure = describeFailure({ code: 'aborted', stage: 'connect' }, { host, port: NaN }, locale)
  return new DeliveryError({ failure, attempts, delivery: 'not-accepted', retryable: true })
}

async function laneFor(trial: Trial, road: Road): Promise<Lane> {
  const { signal, avoid, attempts } = trial
  const { selector, lanes, pooled } = road
  // nodemailer's pool takes nothing more once it is closed; its plain transport does not mind.
  if (pooled && road.closed()) throw closedError(trial, road)
  try {
    const chosen = pooled ? await selector.choose({ signal, avoid }) : { connection: await selector.connect({ signal, avoid }) }
    const { connection } = chosen
    const lane = lanes.to('endpoint' in chosen ? chosen.endpoint : chosen.connection.endpoint)
    if (connection) {
      attempts.push(...connection.attempts.filter(({ outcome }) => outcome !== 'used'))
      lane.offer(connection)
    }
    return lane
  } catch (error) {
    if (!NoUsableEndpointError.isInstance(error)) throw error
    throw exhausted(error, trial, road)
  }
}

/** Nothing opens, or nothing that is left does: the story of every try, this message's own ones included. */
function exhausted(error: NoUsableEndpointError, trial: Trial, road: Road): DeliveryError {
  trial.journey.endpoint = undefined
  const { signal, avoid } = trial
  const { selector, locale } = road
  const attempts = [...trial.attempts, ...error.attempts]
  const { host } = selector.settings
  const diagnosis = diagnoseAttempts(host, attempts, { locale })
  const { message, advice } = diagnosis
  // The selector tells of a ladder that it has gone through by itself; here a part of it had failed the message before.
  if (!signal.aborted && avoid.length > 0) road.onExhausted(new NoUsableEndpointError(attempts, diagnosis))
  const last = attempts.at(-1)
  const stage = last?.stage ?? 'connect'
  const failure: Failure = signal.aborted
    ? interruption(signal, stage, last?.endpoint ?? { host, port: NaN, security: 'starttls' }, locale)
    : { code: 'no-usable-endpoint', stage, message, advice }
  const retryable = signal.aborted || attempts.some(({ failure }) => failure && isPassing(failure))
  return new DeliveryError({ failure, attempts, delivery: 'not-accepted', retryable })
}

function attemptOf(endpoint: Endpoint, startedAt: Date, failure: Failure): Attempt {
  const ms = Date.now() - startedAt.getTime()
  return { endpoint, outcome: 'failed', stage: failure.stage, failure, startedAt, ms, stages: [] }
}

/** The pool's own word for a connection that went away before the message was begun; it has no command. */
function wasDropped(error: unknown): boolean {
  const { code, command } = error as { readonly code?: unknown; readonly command?: unknown }
  return code === 'ECONNECTION' && command === undefined
}

function responseOf(error: unknown, { secrets }: Road): string | undefined {
  const { response } = error as { readonly response?: unknown }
  return typeof response === 'string' ? secrets.hide(response) : undefined
}

/** The login that a message brings along; an empty secret hides nothing. */
function ownLogin({ data: { auth } }: MailMessage): Credentials {
  const { user = '', pass, accessToken } = auth ?? {}
  return { user, pass: pass ?? accessToken ?? '' }
}
