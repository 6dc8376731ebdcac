import {
  type Attempt,
  diagnoseAttempts,
  type Endpoint,
  type EndpointSelector,
  type Failure,
  type Locale,
  NoUsableEndpointError,
  redact,
} from '@postern/core'
import type { MailMessage, SMTPSentMessageInfo } from 'nodemailer'
import { type BodyWatch, watchBody } from './body-watch.ts'
import { DeliveryError } from './delivery-error.ts'
import { type Lane, LaneLeft } from './lane.ts'
import type { Lanes } from './lanes.ts'
import { SendDeadline } from './send-deadline.ts'
import { interruption, isPassing, verdictOn } from './verdict.ts'

/** What a message needs on its way. */
export interface Road {
  readonly selector: EndpointSelector
  readonly lanes: Lanes
  readonly pooled: boolean
  readonly deadline: number | undefined
  readonly locale: Locale
  readonly closed: () => boolean
}

/** One message on its way. */
interface Trial {
  readonly mail: MailMessage
  readonly body: BodyWatch
  readonly signal: AbortSignal
  readonly attempts: Attempt[]
  /** Endpoints that have failed this message. */
  readonly avoid: Endpoint[]
  /** Whether a dropped connection has been replaced once already. */
  reconnected: boolean
}

/**
 * Takes a message to the server: over the best endpoint, and over the next one as long as the server cannot have it.
 *
 * @throws DeliveryError
 */
export async function deliver(mail: MailMessage, road: Road): Promise<SMTPSentMessageInfo> {
  const deadline = new SendDeadline(road.deadline, mail.data.signal)
  const { signal } = deadline
  const trial: Trial = { mail, body: watchBody(mail, deadline), signal, attempts: [], avoid: [], reconnected: false }
  // nodemailer ends a connection when the signal of its message is aborted; so the deadline reaches it, too.
  mail.data.signal = signal
  // In a pool the work begins when a connection takes the message: the queue is not the server's fault.
  if (!road.pooled) deadline.works()
  try {
    for (;;) {
      const info = await tryOnce(trial, road)
      if (info) return info
    }
  } finally {
    deadline.end()
  }
}

/** @returns nothing if another try is due */
async function tryOnce(trial: Trial, road: Road): Promise<SMTPSentMessageInfo | undefined> {
  const lane = await laneFor(trial, road)
  const startedAt = new Date()
  try {
    const info = await lane.send(trial.mail)
    road.selector.reportDelivery(lane.endpoint)
    return info
  } catch (error) {
    if (error instanceof LaneLeft && !road.closed()) return undefined
    const { endpoint } = lane
    const dropped = wasDropped(error)
    // Where the pool lost the answer to the login, the lane has kept it.
    const cause = dropped && lane.refusal ? { failure: lane.refusal } : error
    const verdict = verdictOn(cause, { endpoint, body: trial.body, signal: trial.signal, locale: road.locale })
    trial.attempts.push(attemptOf(endpoint, startedAt, verdict.failure))
    if (!verdict.next) throw new DeliveryError({ ...verdict, attempts: trial.attempts, response: responseOf(error, road) })

    // A server drops pooled connections as it likes; once, a new one to the same endpoint is the cure.
    if (!dropped || trial.reconnected) {
      road.selector.reportFailure(endpoint, verdict.failure)
      trial.avoid.push(endpoint)
    }
    trial.reconnected ||= dropped
    return undefined
  }
}

async function laneFor(trial: Trial, road: Road): Promise<Lane> {
  const { signal, avoid, attempts } = trial
  const { selector, lanes, pooled } = road
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
function exhausted(error: NoUsableEndpointError, { attempts: own, signal }: Trial, { selector, locale }: Road): DeliveryError {
  const attempts = [...own, ...error.attempts]
  const { host } = selector.settings
  const { message, advice } = diagnoseAttempts(host, attempts, { locale })
  const last = attempts.at(-1)
  const stage = last?.stage ?? 'connect'
  const failure: Failure = signal.aborted
    ? interruption(signal, stage, last?.endpoint ?? { host, port: NaN, security: 'starttls' }, locale)
    : { code: 'no-usable-endpoint', stage, message, advice }
  const retryable = attempts.some(({ failure }) => failure && isPassing(failure))
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

function responseOf(error: unknown, { selector }: Road): string | undefined {
  const { response } = error as { readonly response?: unknown }
  return typeof response === 'string' ? redact(response, selector.settings.auth) : undefined
}
