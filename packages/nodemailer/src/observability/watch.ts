import type { Attempt, Endpoint, EndpointSelector, NoUsableEndpointError, SelectorChange, SelectorEvents } from '@postern/core'
import type { Logger } from 'nodemailer/lib/shared'
import type { SendOutcome } from '../delivery/send-outcome.ts'
import { publish } from './channels.ts'
import type { Metrics } from './metrics.ts'
import { ChangeLog, type ChangeName } from './watch-log.ts'

/** What a transport tells of itself. */
export type TransportEvents = SelectorEvents

/** Passes an event on to its listeners. */
export type Notify = <Name extends keyof TransportEvents>(name: Name, ...args: TransportEvents[Name]) => void

/** Sees everything that happens to a transport's endpoints, and tells it on: events, channels, counters, the log. */
export class Watch {
  readonly metrics: Metrics
  readonly #notify: Notify
  readonly #log: ChangeLog | undefined
  /** Nothing has worked since no port did; and whether another endpoint was taken meanwhile. */
  #exhausted = false
  #changed = false

  constructor(selector: EndpointSelector, notify: Notify, logger: Logger | undefined, metrics: Metrics) {
    this.metrics = metrics
    this.#notify = notify
    this.#log = logger && new ChangeLog(logger, () => selector.state())
  }

  /** Whether the metrics are all that a later watch needs of this one. */
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

  /** Something works. Where nothing did, and the endpoint is the same as before, nobody else tells of it. */
  proved(endpoint: Endpoint): void {
    if (!this.#exhausted) return
    this.#exhausted = false
    if (!this.#changed) this.changed('recovered', { endpoint, previous: endpoint, attempts: [] })
    this.#log?.proved()
  }
}
