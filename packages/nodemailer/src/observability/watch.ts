import type { Attempt, Endpoint, EndpointSelector, NoUsableEndpointError, SelectorChange, SelectorEvents } from '@postern/core'
import type { Logger } from 'nodemailer/lib/shared'
import type { MessageOutcome } from '../delivery/message-outcome.ts'
import type { SendOutcome } from '../delivery/send-outcome.ts'
import { publish } from './channels.ts'
import type { Metrics } from './metrics.ts'
import { ChangeLog, type ChangeName } from './watch-log.ts'

/** The events of a transport, with their arguments. */
export interface TransportEvents extends SelectorEvents {
  /** A message has its outcome. Emitted before the caller of `sendMail` gets it. */
  outcome: [message: MessageOutcome]
}

/** Emits an event. */
export type Notify = <Name extends keyof TransportEvents>(name: Name, ...args: TransportEvents[Name]) => void

/** Publishes what happens to the endpoints of a transport: as events, on diagnostics channels, in metrics and in the log. */
export class Watch {
  readonly metrics: Metrics
  readonly #notify: Notify
  readonly #log: ChangeLog | undefined
  /** Whether no endpoint has worked since `exhausted`, and whether another one was selected since. */
  #exhausted = false
  #changed = false

  constructor(selector: EndpointSelector, notify: Notify, logger: Logger | undefined, metrics: Metrics) {
    this.metrics = metrics
    this.#notify = notify
    this.#log = logger && new ChangeLog(logger, () => selector.state())
  }

  /** Whether a later watch needs nothing but the metrics of this one. */
  get isAtRest(): boolean {
    return !this.#exhausted
  }

  connecting(endpoint: Endpoint): void {
    publish('connecting', endpoint)
    this.#notify('connecting', endpoint)
  }

  attempted(attempt: Attempt): void {
    this.metrics.attempt(attempt)
    publish('attempt', attempt)
    this.#notify('attempt', attempt)
  }

  changed(name: ChangeName, change: SelectorChange): void {
    if (name !== 'selected') this.metrics.moved(name, change.endpoint)
    this.#changed = true
    this.#log?.changed(name, change)
    publish(name, change)
    this.#notify(name, change)
  }

  exhausted(error: NoUsableEndpointError): void {
    this.metrics.exhausted()
    this.#exhausted = true
    this.#changed = false
    this.#log?.exhausted(error)
    publish('exhausted', { error })
    this.#notify('exhausted', error)
  }

  sent(endpoint: Endpoint | undefined, outcome: SendOutcome): void {
    this.metrics.sent(endpoint, outcome)
    if (endpoint && outcome === 'accepted') this.proved(endpoint)
  }

  /** Not a diagnostics channel: the tracing channel has the outcome of each send. */
  decided(message: MessageOutcome): void {
    this.#notify('outcome', message)
  }

  /** An endpoint works. After `exhausted`, the selector emits no event if it is the same endpoint as before, so `recovered` is emitted here. */
  proved(endpoint: Endpoint): void {
    if (!this.#exhausted) return
    this.#exhausted = false
    if (!this.#changed) this.changed('recovered', { endpoint, previous: endpoint, attempts: [] })
    this.#log?.proved()
  }
}
