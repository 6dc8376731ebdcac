/** Does not reach `onmessage`. The page listens to its name, as a sign of life. */
const heartbeat = new TextEncoder().encode('event: heartbeat\ndata: 1\n\n')

/** The state as the text of a server-sent event. */
export interface Update {
  readonly text: Uint8Array
  /** The id of its newest event. */
  readonly position: number
}

/** What a stream needs. */
export interface EventStreamOptions {
  readonly openedAt: number
  /** The id of the newest event that the client has. */
  readonly after: number
  readonly updateAfter: (id: number) => Update
  /** Called once, when the stream has ended or the client has gone. */
  readonly onEnd: () => void
}

/**
 * One stream of server-sent events. It holds at most one text that the client has not taken yet: a slow client skips updates, and
 * gets the newest state with all events since its last one.
 */
export class EventStream {
  readonly body: ReadableStream<Uint8Array>
  readonly openedAt: number
  readonly #options: EventStreamOptions
  #controller!: ReadableStreamDefaultController<Uint8Array>
  #position: number
  /** Whether there is an update that could not be sent yet. */
  #isBehind = true
  #hasEnded = false
  #missedBeats = 0

  constructor(options: EventStreamOptions) {
    this.#options = options
    this.#position = options.after
    this.openedAt = options.openedAt
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => void (this.#controller = controller),
        pull: () => this.#onTaken(),
        cancel: () => this.#finish(),
      },
      { highWaterMark: 1 },
    )
  }

  /** The number of heartbeats since the client last took something. */
  get missedBeats(): number {
    return this.#missedBeats
  }

  /** The state has changed. */
  update(): void {
    this.#isBehind = true
    if (this.#hasRoom) this.#catchUp()
  }

  /** @returns whether the client has taken everything */
  beat(): boolean {
    if (this.#hasRoom) {
      this.#controller.enqueue(heartbeat)
      return true
    }
    this.#missedBeats += 1
    return false
  }

  /** Ends the stream. The browser opens another one. */
  end(): void {
    if (this.#hasEnded) return
    this.#finish()
    this.#controller.close()
  }

  /** Disconnects a client that takes nothing. */
  drop(): void {
    if (this.#hasEnded) return
    this.#finish()
    this.#controller.error(new Error('The client of the event stream reads nothing.'))
  }

  get #hasRoom(): boolean {
    return !this.#hasEnded && (this.#controller.desiredSize ?? 0) > 0
  }

  /** The client has taken what was waiting. */
  #onTaken(): void {
    this.#missedBeats = 0
    this.#catchUp()
  }

  #catchUp(): void {
    if (!this.#isBehind || this.#hasEnded) return
    this.#isBehind = false
    const { text, position } = this.#options.updateAfter(this.#position)
    this.#position = position
    this.#controller.enqueue(text)
  }

  #finish(): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#options.onEnd()
  }
}
