import { NoUsableEndpointError, SettingsError } from '@postern/core'
import { mayOpenLater } from '@postern/core/submission'
import { DeliveryError } from './delivery-error.ts'

/**
 * What a job queue should do with a failed message.
 *
 * - `retry`: nothing was accepted, and the same message may be accepted soon. Use the back-off of the queue.
 * - `retry-later`: the same, but the server or the network needs time. Wait for `after`, or for minutes where it is not known.
 * - `give-up`: nothing was accepted, and the same message fails again until the message or the settings change.
 * - `ask`: the message may have been accepted. A person has to check before it is sent again.
 */
export type RetryAction = 'retry' | 'retry-later' | 'give-up' | 'ask'

/** The result of `retryAdvice`. */
export interface RetryAdvice {
  readonly action: RetryAction
  /** Milliseconds after which the server wants to be tried again, if it said so. */
  readonly after?: number
}

/**
 * Says what a job queue should do after `sendMail`, `ready` or `createTransport` has failed. Errors that are not Postern's get
 * `ask`, because they do not say whether a message was accepted.
 *
 * @example
 * const { action, after } = retryAdvice(error)
 * if (action === 'retry-later') await queue.add(job, { delay: after ?? 300_000 })
 */
export function retryAdvice(error: unknown): RetryAdvice {
  if (DeliveryError.isInstance(error)) return adviceOfDelivery(error)
  if (NoUsableEndpointError.isInstance(error)) return adviceOfEndpoints(error)
  // Thrown before anything is sent.
  if (SettingsError.isInstance(error)) return { action: 'give-up' }
  return { action: 'ask' }
}

function adviceOfDelivery({ code, delivery, retryable, retryAfter, responseCode = 0 }: DeliveryError): RetryAdvice {
  // Another version of the package may know further outcomes.
  if (delivery !== 'not-accepted') return { action: 'ask' }
  if (!retryable) return { action: 'give-up' }
  // RFC 5321 §4.2.1: a 4yz reply asks the client to try again later. Greylisting depends on it.
  return slow.has(code) || responseCode >= 400 ? later(retryAfter) : { action: 'retry' }
}

/** The failures, apart from 4yz replies, that another attempt within seconds would most likely meet again. */
const slow: ReadonlySet<string> = new Set(['rate-limited', 'auth-temporary', 'no-usable-endpoint'])

function adviceOfEndpoints(error: NoUsableEndpointError): RetryAdvice {
  return mayOpenLater(error) ? later(error.diagnosis.retryAfter) : { action: 'give-up' }
}

function later(after: number | undefined): RetryAdvice {
  return { action: 'retry-later', ...(after !== undefined && { after }) }
}
