import type { IncomingMessage, ServerResponse } from 'node:http'
import { setImmediate } from 'node:timers/promises'
import type { HttpResponse } from '../http-response.ts'
import type { RequestBody } from './read-body.ts'
import type { JsonExchange, JsonRoute } from './json-route.ts'

/** A request of Node's HTTP server, with what the framework knows about it. */
export interface NodeExchange extends Pick<JsonExchange, 'authorized' | 'caller'> {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** The body as parsed by the framework, if its parser has already read it. */
  readonly parsed?: unknown
}

/**
 * Serves a route, such as the settings check, with Node's HTTP server and the frameworks built on it.
 *
 * @example
 * const route = overNodeHttp(createSettingsCheckRoute())
 * sendResponse(response, await route({ request, response, authorized: () => isAdmin(request), caller: () => ip }))
 */
export function overNodeHttp(route: JsonRoute): (exchange: NodeExchange) => Promise<HttpResponse> {
  return async ({ request, response, parsed, authorized, caller }) => {
    const { method = '', headers } = request
    const header = (name: string) => headers[name]?.toString()
    const answer = await route({ method, header, body: bodyOf(request, parsed), signal: goneSignal(response), authorized, caller })
    // Data that has already arrived is visible only in the next iteration of the event loop.
    if (!request.complete) await setImmediate()
    // The rest of the body is not read, so the client should stop sending it.
    return request.complete ? answer : { ...answer, headers: { ...answer.headers, connection: 'close' } }
  }
}

function bodyOf(request: IncomingMessage, parsed: unknown): RequestBody {
  if (request.readableDidRead) return { parsed }
  // The connection is still needed for the response.
  return { chunks: () => request.iterator({ destroyOnReturn: false }) as AsyncIterator<Uint8Array> }
}

/** Aborts when the client has disconnected. */
function goneSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController()
  if (response.destroyed) controller.abort()
  else response.once('close', () => controller.abort())
  return controller.signal
}
