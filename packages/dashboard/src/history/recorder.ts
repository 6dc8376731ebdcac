import type { EventEmitter } from 'node:events'
import { type Attempt, type Clock, diagnose, type Failure, inLocale, type Locale, type NoUsableEndpointError } from '@postern/core'
import type { DashboardMailer, MailerEvents, MailerOutcome } from '../mailer.ts'
import type { AttemptEvent, ChangeEvent, ExhaustedEvent, RecordedFailure, SendEvent, TimelineEvent } from '../state.ts'
import { EventList } from './event-list.ts'
import type { EventIds } from './event-ids.ts'
import { FailureList, type NewFailure } from './failure-list.ts'
import { RollingCount } from './rolling-count.ts'
import { attemptEvent, changeEvent, exhaustedEvent, failureFacts, sendEvent } from './timeline.ts'

const HOUR = 3_600_000

/** What a recorder needs. */
export interface RecorderOptions {
  /** The numbers of events and of different failures that are kept. */
  readonly limits: { readonly events: number; readonly failures: number }
  readonly ids: EventIds
  readonly clock: Clock
  /** Called after every event. */
  readonly onChange: () => void
}

/** Records what one mailer does, in bounded memory. */
export class Recorder {
  /** When it was created, in milliseconds since the epoch. */
  readonly since: number
  readonly #mailer: DashboardMailer
  readonly #options: RecorderOptions
  readonly #events: EventList
  readonly #failures: FailureList
  readonly #sent: RollingCount
  readonly #failed: RollingCount
  /** The failure of the newest attempt. A message that fails for it has the same object. */
  #attempted: Failure | undefined
  readonly #stops: (() => void)[] = []

  constructor(mailer: DashboardMailer, options: RecorderOptions) {
    const { limits, clock } = options
    this.since = clock.now()
    this.#mailer = mailer
    this.#options = options
    this.#events = new EventList(limits.events)
    this.#failures = new FailureList(limits.failures)
    this.#sent = new RollingCount(HOUR, 60, clock)
    this.#failed = new RollingCount(24 * HOUR, 96, clock)
    this.#listen('attempt', (attempt) => this.#onAttempt(attempt))
    for (const name of ['selected', 'fallback', 'recovered'] as const) {
      this.#listen(name, (change) => this.#add(changeEvent(name, change, mailer.state())))
    }
    this.#listen('exhausted', (error) => this.#onExhausted(error))
    this.#listen('outcome', (message) => this.#onOutcome(message))
  }

  /** Messages that a server accepted in the last hour. */
  get sentLastHour(): number {
    return this.#sent.total
  }

  /** Messages that failed, or whose outcome is unknown, in the last 24 hours. */
  get failedLastDay(): number {
    return this.#failed.total
  }

  /** The last failures in a language, the newest first. */
  failuresIn(locale: Locale): readonly RecordedFailure[] {
    return this.#failures.all.map(({ failure, ...rest }) => ({ ...failureFacts(inLocale(failure, locale)), ...rest }))
  }

  /** The events with a greater id, the newest last. */
  eventsAfter(id: number): readonly TimelineEvent[] {
    return this.#events.after(id)
  }

  /** Removes the listeners. */
  stop(): void {
    for (const stop of this.#stops) stop()
  }

  #listen<Name extends keyof MailerEvents>(name: Name, listener: (...args: MailerEvents[Name]) => void): void {
    const emitter = this.#mailer as unknown as Pick<EventEmitter<MailerEvents>, 'on' | 'off'>
    emitter.on(name, listener as never)
    this.#stops.push(() => emitter.off(name, listener as never))
  }

  #onAttempt(attempt: Attempt): void {
    const { outcome, endpoint, failure } = attempt
    this.#attempted = failure
    if (failure && outcome === 'failed') this.#fail({ failure, port: endpoint.port })
    this.#add(attemptEvent(attempt))
  }

  #onExhausted(error: NoUsableEndpointError): void {
    this.#fail({ failure: diagnose(error) })
    this.#add(exhaustedEvent(error))
  }

  #onOutcome(message: MailerOutcome): void {
    const { outcome, endpoint, failure } = message
    if (outcome === 'accepted') this.#sent.add()
    else this.#failed.add()
    if (failure && outcome !== 'accepted') {
      if (failure === this.#attempted) this.#failures.takeBack()
      this.#attempted = undefined
      this.#fail({ failure, ...(endpoint && { port: endpoint.port }), delivery: outcome })
    }
    this.#add(sendEvent(message))
  }

  #fail(failure: Omit<NewFailure, 'at'>): void {
    this.#failures.add({ ...failure, at: this.#options.clock.now() })
  }

  #add(event: AttemptEvent | ChangeEvent | ExhaustedEvent | SendEvent): void {
    const { ids, clock, onChange } = this.#options
    this.#events.add({ id: ids.next(), at: clock.now(), ...event })
    onChange()
  }
}
