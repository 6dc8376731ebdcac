import type { DashboardState } from '../../state.ts'

/** Server-sent events. A part of the browser's `EventSource`. */
export interface StateStream {
  addEventListener(type: string, listener: (event: { readonly data?: string }) => void): void
  readonly readyState: number
  close(): void
}

/** What `followState` needs from the browser. */
export interface FollowOptions {
  /** The id of the newest event on the page. */
  readonly after: () => number
  readonly openStream: (after: number) => StateStream
  /** Requests the state once. */
  readonly poll: (after: number, signal: AbortSignal) => Promise<DashboardState>
  readonly onState: (state: DashboardState) => void
  /** Called for every sign of life of the app. */
  readonly onContact: (kind: 'stream' | 'poll') => void
}

/** Milliseconds without a message or heartbeat after which a proxy is assumed to hold the stream back. */
const silence = 20_000
const pollEvery = 5_000
/** After so many requests the stream is tried again. */
const pollsPerStream = 12
const closed = 2

/** Follows the state of the app by its stream, or by requests where the stream brings nothing. Returns a function that ends it. */
export function followState(options: FollowOptions): () => void {
  const { after, openStream, poll, onState, onContact } = options
  const ending = new AbortController()
  let stream: StateStream | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  listen()
  return () => {
    ending.abort()
    clearTimeout(timer)
    stream?.close()
  }

  function listen(): void {
    const opened = openStream(after())
    stream = opened
    const wait = () => {
      clearTimeout(timer)
      timer = setTimeout(giveUp, silence)
    }
    const contact = () => {
      wait()
      onContact('stream')
    }
    const giveUp = () => {
      clearTimeout(timer)
      opened.close()
      void pollFor(pollsPerStream)
    }
    opened.addEventListener('message', ({ data }) => {
      contact()
      onState(JSON.parse(data!) as DashboardState)
    })
    opened.addEventListener('heartbeat', contact)
    // The browser connects again by itself, except after a response that is no stream.
    opened.addEventListener('error', () => {
      if (opened.readyState === closed) giveUp()
    })
    wait()
  }

  async function pollFor(times: number): Promise<void> {
    try {
      const state = await poll(after(), ending.signal)
      if (ending.signal.aborted) return
      onContact('poll')
      onState(state)
    } catch {
      // The page says how old its state is.
    }
    if (ending.signal.aborted) return
    timer = setTimeout(() => (times > 1 ? void pollFor(times - 1) : listen()), pollEvery)
  }
}
