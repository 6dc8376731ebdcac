import { problemResponse, toResponse } from '@postern/core/http'
import type { Feed } from '../live/feed.ts'
import type { HealthWatch } from '../live/health-watch.ts'
import { afterOf, type Route } from './route.ts'

/** What the live routes need. */
export interface LiveOptions {
  readonly feed: Feed
  readonly health: HealthWatch
}

/** The state as JSON, for pages whose stream does not arrive. */
export function stateRoute({ feed, health }: LiveOptions): Route {
  return {
    method: 'GET',
    answer(call) {
      void health.look()
      return Response.json(feed.stateAfter(afterOf(call), call.locale))
    },
  }
}

/** The state as server-sent events. */
export function eventsRoute({ feed, health }: LiveOptions): Route {
  return {
    method: 'GET',
    answer(call) {
      const { request, locale } = call
      const headers = {
        'content-type': 'text/event-stream; charset=utf-8',
        // Compression would hold events back (no-transform), and so would nginx.
        'cache-control': 'no-store, no-transform',
        'x-accel-buffering': 'no',
      }
      if (request.method === 'HEAD') return new Response(null, { headers })
      const stream = feed.subscribe(afterOf(call), locale)
      if (!stream) return toResponse(problemResponse('busy', locale, { 'retry-after': '10' }))
      void health.look()
      // Not every server cancels the body when the client has gone.
      request.signal.addEventListener('abort', () => stream.end(), { once: true })
      return new Response(stream.body, { headers })
    },
  }
}
