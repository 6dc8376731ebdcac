import type { DashboardState } from '../src/state.ts'

/** A server-sent event. */
export interface ServerSentEvent {
  readonly id?: string
  readonly event?: string
  readonly data: string
}

/** Reads the events of a stream one by one, as a browser does. */
export function eventSource({ body }: Response) {
  const reader = body!.pipeThrough(new TextDecoderStream()).getReader()
  let buffered = ''
  const next = async (): Promise<ServerSentEvent | undefined> => {
    for (;;) {
      const end = buffered.indexOf('\n\n')
      if (end !== -1) {
        const text = buffered.slice(0, end)
        buffered = buffered.slice(end + 2)
        return Object.fromEntries<string>(text.split('\n').map((line) => line.split(/: (.*)/s, 2) as [string, string])) as unknown as ServerSentEvent
      }
      const { done, value } = await reader.read()
      if (done) return undefined
      buffered += value
    }
  }
  return {
    next,
    /** The next update, without heartbeats. */
    async state(): Promise<DashboardState> {
      for (;;) {
        const event = await next()
        if (!event) throw new Error('The stream has ended.')
        if (event.event === undefined) return JSON.parse(event.data) as DashboardState
      }
    },
    cancel: () => reader.cancel(),
  }
}
