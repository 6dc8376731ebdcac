import { channel, tracingChannel } from 'node:diagnostics_channel'
import type { Attempt, Endpoint, NoUsableEndpointError, SelectorChange } from '@postern/core'
import type { SendOutcome, SendResult } from '../delivery/send-outcome.ts'

/**
 * One send, from the hand-over to its outcome: what the tracing channel `postern:send` carries. The same object comes at
 * every step, so it may be a key for what a tracer keeps. It has no address, no content and no secret.
 */
export interface SendTrace {
  /** The message's id, without which nobody could tell one send from another. */
  readonly messageId: string
  /** How many recipients the envelope has. */
  readonly recipients: number
  /** From the end on: what became of it. */
  readonly outcome?: SendOutcome
  /** From the end on: where that happened; absent where no endpoint could be used. */
  readonly endpoint?: Endpoint
  /** From the end on: the tries that failed on the way, as in `DeliveryError.attempts`. */
  readonly attempts?: readonly Attempt[]
  /** From the end on, if it failed: the error that the caller gets, a `DeliveryError` as a rule. */
  readonly error?: unknown
}

/**
 * What each channel of `node:diagnostics_channel` carries. The names are stable.
 *
 * @example
 * import { subscribe } from 'node:diagnostics_channel'
 * subscribe('postern:fallback', (message) => {
 *   const { endpoint } = message as DiagnosticsMessages['postern:fallback']
 *   console.warn(`mail goes over ${endpoint.port} now`)
 * })
 */
export interface DiagnosticsMessages {
  /** An endpoint is being tried. */
  readonly 'postern:connecting': Endpoint
  /** What became of one try. */
  readonly 'postern:attempt': Attempt
  readonly 'postern:selected': SelectorChange
  readonly 'postern:fallback': SelectorChange
  readonly 'postern:recovered': SelectorChange
  readonly 'postern:exhausted': { readonly error: NoUsableEndpointError }
  /** A message has been handed over. Stores that are bound to this channel hold for the whole send. */
  readonly 'tracing:postern:send:start': SendTrace
  /** The send has been begun, and is under way. */
  readonly 'tracing:postern:send:end': SendTrace
  readonly 'tracing:postern:send:asyncStart': SendTrace
  /** It is over, for better or worse. */
  readonly 'tracing:postern:send:asyncEnd': SendTrace
  /** It has failed; `asyncEnd` follows. */
  readonly 'tracing:postern:send:error': SendTrace
}

/** The channels for what happens to endpoints. */
export const channels = {
  connecting: channel('postern:connecting'),
  attempt: channel('postern:attempt'),
  selected: channel('postern:selected'),
  fallback: channel('postern:fallback'),
  recovered: channel('postern:recovered'),
  exhausted: channel('postern:exhausted'),
} as const

/** Tells whoever has subscribed; without anyone it costs one look. A subscriber's fault is Node's to report. */
export function publish<Name extends keyof typeof channels>(name: Name, message: DiagnosticsMessages[`postern:${Name}`]): void {
  if (channels[name].hasSubscribers) channels[name].publish(message)
}

const sending = tracingChannel('postern:send')

/** Whether anybody follows sends. `TracingChannel.hasSubscribers` came after Node 20.19. */
export function isTraced(): boolean {
  const { start, end, asyncStart, asyncEnd, error } = sending
  return start.hasSubscribers || end.hasSubscribers || asyncStart.hasSubscribers || asyncEnd.hasSubscribers || error.hasSubscribers
}

/** Runs a send under the eyes of the tracing channel. @param run is given what to call at the send's end */
export function trace(begun: SendTrace, run: (end: (ended: SendResult) => void) => void): void {
  const { start, end, asyncStart, asyncEnd, error } = sending
  const onEnd = (ended: SendResult) => {
    Object.assign(begun, ended)
    if (ended.error !== undefined) error.publish(begun)
    asyncStart.publish(begun)
    asyncEnd.publish(begun)
  }
  start.runStores(begun, () => {
    try {
      run(onEnd)
    } finally {
      end.publish(begun)
    }
  })
}
