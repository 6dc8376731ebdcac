import { toResponse } from '../http-response.ts'
import type { JsonExchange, JsonRoute } from './json-route.ts'

/** A web-standard request, with what the server knows about it. */
export interface WebExchange extends Pick<JsonExchange, 'authorized' | 'caller'> {
  readonly request: Request
}

/**
 * Serves a route, such as the settings check, with web-standard requests. The route reads the body itself.
 *
 * @example
 * const route = overWebHttp(createSettingsCheckRoute())
 * const response = await route({ request, authorized: () => isAdmin(request), caller: () => userOf(request) })
 */
export function overWebHttp(route: JsonRoute): (exchange: WebExchange) => Promise<Response> {
  return async ({ request, authorized, caller }) => {
    const { method, headers, signal } = request
    const header = (name: string) => headers.get(name) ?? undefined
    return toResponse(await route({ method, header, body: { chunks: () => chunksOf(request) }, signal, authorized, caller }))
  }
}

function chunksOf({ body, bodyUsed }: Request): AsyncIterator<Uint8Array> {
  if (bodyUsed) throw new Error('The body of the request was already read. Call the handler before it is read, or with request.clone().')
  const reader = body?.getReader()
  return {
    next: async () => (await reader?.read()) ?? { done: true, value: undefined },
    async return() {
      // Not cancelled: some servers then close the connection before the response.
      reader?.releaseLock()
      return { done: true, value: undefined }
    },
  }
}
