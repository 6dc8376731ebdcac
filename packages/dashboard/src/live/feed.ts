import type { Clock, Locale } from '@postern/core'
import type { EventIds } from '../history/event-ids.ts'
import type { DashboardState, MailerState } from '../state.ts'
import { EventStream, type Update } from './event-stream.ts'
import { snapshotOf, type Watched } from './snapshot.ts'

/** Milliseconds between two updates, at least. */
const UPDATE_EVERY = 1_000
/** The page takes requests instead after 20 s of silence, because a proxy may hold a stream back. */
const HEARTBEAT_EVERY = 10_000
/** Heartbeats after which a client that reads nothing is disconnected. */
const MISSED_BEATS = 3

/** What a feed needs. */
export interface FeedOptions {
  readonly ids: EventIds
  readonly clock: Clock
  /** The number of open streams. */
  readonly maxStreams: number
  /** Milliseconds after which a stream ends. The browser opens it again, and is authorised again. */
  readonly streamLifetime: number
  /** Called with each heartbeat while a stream is open. */
  readonly onBeat: () => void
}

/** The state of all mailers, and its updates for the open streams. */
export class Feed {
  readonly #mailers: readonly Watched[]
  readonly #options: FeedOptions
  readonly #streams = new Set<EventStream>()
  /** The newest update for each language, and for each position in the timeline at which a stream is; usually one for all. */
  readonly #updates = new Map<`${Locale} ${number}`, Update>()
  #builtAt = 0
  /** The last state that was sent, without events and times. */
  #sent = ''
  /** The id of the newest event that was sent. */
  #position = 0
  #updatedAt = -Infinity
  #cancelUpdate: (() => void) | undefined
  #cancelBeat: (() => void) | undefined
  #isClosed = false

  constructor(mailers: readonly Watched[], options: FeedOptions) {
    this.#mailers = mailers
    this.#options = options
  }

  /** The state in a language, with the events after an id. */
  stateAfter(id: number, locale: Locale): DashboardState {
    const now = this.#options.clock.now()
    return { version: 1, now, mailers: this.#mailersAfter(id, locale, now) }
  }

  /** The id after which there are at most so many events, over all mailers; 0 if there are no more. */
  idBefore(count: number): number {
    const ids = this.#mailers.flatMap(({ recorder }) => recorder.eventsAfter(0).map(({ id }) => id))
    return ids.toSorted((one, other) => other - one)[count] ?? 0
  }

  /** Opens a stream in a language. @returns undefined if there are too many */
  subscribe(after: number, locale: Locale): EventStream | undefined {
    const { clock, maxStreams } = this.#options
    if (this.#isClosed || this.#streams.size >= maxStreams) return undefined
    if (this.#streams.size === 0) {
      // Nothing was compared while there was no stream.
      this.#sent = this.#quietState()
      this.#position = this.#options.ids.last
      this.#beatLater()
    }
    const stream: EventStream = new EventStream({
      openedAt: clock.now(),
      after,
      updateAfter: (id) => this.#updateAfter(id, locale),
      onEnd: () => this.#forget(stream),
    })
    this.#streams.add(stream)
    return stream
  }

  /** Something has happened: updates the streams, at most once per second. */
  changed(): void {
    if (this.#streams.size === 0 || this.#cancelUpdate) return
    const { clock } = this.#options
    const wait = Math.min(UPDATE_EVERY, Math.max(0, this.#updatedAt + UPDATE_EVERY - clock.now()))
    this.#cancelUpdate = clock.after(wait, () => {
      this.#cancelUpdate = undefined
      this.#update()
    })
  }

  /** Ends all streams. */
  close(): void {
    this.#isClosed = true
    for (const stream of this.#streams) stream.end()
  }

  #update(): void {
    const { ids, clock } = this.#options
    this.#updatedAt = clock.now()
    // Messages that are added to the queue emit no event.
    if (this.#mailers.some(({ mailer }) => mailer.metrics().pending > 0)) this.changed()
    const quiet = this.#quietState()
    if (ids.last === this.#position && quiet === this.#sent) return
    this.#sent = quiet
    this.#position = ids.last
    this.#updates.clear()
    for (const stream of this.#streams) stream.update()
  }

  #beatLater(): void {
    this.#cancelBeat = this.#options.clock.after(HEARTBEAT_EVERY, () => {
      this.#beat()
      if (this.#streams.size > 0) this.#beatLater()
    })
  }

  #beat(): void {
    const { clock, streamLifetime, onBeat } = this.#options
    const now = clock.now()
    for (const stream of this.#streams) {
      if (!stream.beat() && stream.missedBeats >= MISSED_BEATS) stream.drop()
      else if (now - stream.openedAt >= streamLifetime) stream.end()
    }
    if (this.#streams.size === 0) return
    onBeat()
    // Counts of the last hour change without an event.
    this.changed()
  }

  #forget(stream: EventStream): void {
    this.#streams.delete(stream)
    if (this.#streams.size > 0) return
    this.#cancelUpdate?.()
    this.#cancelBeat?.()
    this.#cancelUpdate = this.#cancelBeat = undefined
    this.#updates.clear()
    this.#sent = ''
  }

  /** Built once for all streams of a language at the same position, and again after a second, because it contains the time. */
  #updateAfter(id: number, locale: Locale): Update {
    const { ids, clock } = this.#options
    const now = clock.now()
    if (Math.abs(now - this.#builtAt) >= UPDATE_EVERY) this.#updates.clear()
    const key = `${locale} ${id}` as const
    const known = this.#updates.get(key)
    if (known) return known
    const position = ids.last
    const text = new TextEncoder().encode(`id: ${position}\ndata: ${JSON.stringify(this.stateAfter(id, locale))}\n\n`)
    this.#builtAt = now
    this.#updates.set(key, { text, position })
    return { text, position }
  }

  /** In one language, because a change is one in every language. */
  #quietState(): string {
    return JSON.stringify(this.#mailersAfter(this.#options.ids.last, 'en', this.#options.clock.now()))
  }

  #mailersAfter(id: number, locale: Locale, now: number): readonly MailerState[] {
    return this.#mailers.map((mailer) => snapshotOf(mailer, id, { now, locale }))
  }
}
