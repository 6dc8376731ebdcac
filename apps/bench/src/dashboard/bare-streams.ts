import type { RequestListener, ServerResponse } from 'node:http'

/** As often as the dashboard's. */
const HEARTBEAT_EVERY = 10_000
const heartbeat = 'event: heartbeat\ndata: 1\n\n'

/** The least that Node's HTTP server needs for streams of events: a heartbeat for all open ones, from one timer. */
export function bareStreams(): RequestListener {
  const open = new Set<ServerResponse>()
  setInterval(() => {
    for (const response of open) response.write(heartbeat)
  }, HEARTBEAT_EVERY)
  return (_request, response) => {
    open.add(response)
    response.once('close', () => open.delete(response))
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
    response.write(heartbeat)
  }
}
