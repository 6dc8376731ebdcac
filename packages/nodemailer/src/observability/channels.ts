import { channel, tracingChannel } from 'node:diagnostics_channel'
import type { Attempt, Endpoint, NoUsableEndpointError, SelectorChange } from '@postern/core'
import type { SendOutcome, SendResult } from '../delivery/send-outcome.ts'

/**
 * One send, as published on the tracing channel `postern:send`. All events of a send have the same object, so it can be used
 * as a key in a `WeakMap`. It contains no address, no content and no secret.
 */
export interface SendTrace {
  /** The Message-ID. */
  readonly messageId: string
  /** The number of recipients in the envelope. */
  readonly recipients: number
  /** The outcome. Set when the send has ended. */
  readonly outcome?: SendOutcome
  /** Where the outcome was decided; absent if no endpoint could be used. Set when the send has ended. */
  readonly endpoint?: Endpoint
  /** The failed attempts, as in `DeliveryError.attempts`. Set when the send has ended. */
  readonly attempts?: readonly Attempt[]
  /** The error that the caller gets, usually a `DeliveryError`. Set when the send has failed. */
  readonly error?: unknown
}

/**
 * The messages on each channel of `node:diagnostics_channel`. The names are stable.
 *
 * @example
 * import { subscribe } from 'node:diagnostics_channel'
 * subscribe('postern:fallback', (message) => {
 *   const { endpoint } = message as DiagnosticsMessages['postern:fallback']
 *   console.warn(`mail goes over ${endpoint.port} now`)
 * })
 */
export interface DiagnosticsMessages {
  /** An attempt has started. */
  readonly 'postern:connecting': Endpoint
  /** An attempt has ended. */
  readonly 'postern:attempt': Attempt
  readonly 'postern:selected': SelectorChange
  readonly 'postern:fallback': SelectorChange
  readonly 'postern:recovered': SelectorChange
  readonly 'postern:exhausted': { readonly error: NoUsableEndpointError }
  /** A send starts. Stores that are bound to this channel apply to the whole send. */
  readonly 'tracing:postern:send:start': SendTrace
  /** The send was started and continues asynchronously. */
  readonly 'tracing:postern:send:end': SendTrace
  readonly 'tracing:postern:send:asyncStart': SendTrace
  /** The send has ended, successfully or not. */
  readonly 'tracing:postern:send:asyncEnd': SendTrace
  /** The send has failed; `asyncEnd` follows. */
  readonly 'tracing:postern:send:error': SendTrace
}

/** The channels for events of endpoints. */
export const channels = {
  connecting: channel('postern:connecting'),
  attempt: channel('postern:attempt'),
  selected: channel('postern:selected'),
  fallback: channel('postern:fallback'),
  recovered: channel('postern:recovered'),
  exhausted: channel('postern:exhausted'),
} as const

/** Publishes to subscribers, if there are any. Node reports exceptions of subscribers. */
export function publish<Name extends keyof typeof channels>(name: Name, message: DiagnosticsMessages[`postern:${Name}`]): void {
  if (channels[name].hasSubscribers) channels[name].publish(message)
}

const sending = tracingChannel('postern:send')

/** Whether sends have subscribers. Node 20.19 does not have `TracingChannel.hasSubscribers` yet. */
export function isTraced(): boolean {
  const { start, end, asyncStart, asyncEnd, error } = sending
  return start.hasSubscribers || end.hasSubscribers || asyncStart.hasSubscribers || asyncEnd.hasSubscribers || error.hasSubscribers
}

/** Publishes the events of a send on the tracing channel. @param run receives a callback for the end of the send */
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
