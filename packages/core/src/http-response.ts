import type { ServerResponse } from 'node:http'

/** An HTTP response that does not depend on a framework. */
export interface HttpResponse {
  readonly status: number
  /** Header names are in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Empty for a response without a body. For HEAD, the adapter leaves it out. */
  readonly body: string
}

/**
 * Sends an answer through Node's `ServerResponse`, unless headers were already sent. Node omits the body for HEAD.
 *
 * @param extraHeaders headers set by the framework; headers of the answer take precedence
 * @example
 * sendResponse(response, await route({ method: request.method ?? '', authorized: false }))
 */
export function sendResponse(
  response: ServerResponse,
  { status, headers, body }: HttpResponse,
  extraHeaders: Readonly<Record<string, string | string[] | number>> = {},
): void {
  if (response.headersSent || response.destroyed) return
  const length = status === 304 ? {} : { 'content-length': Buffer.byteLength(body) }
  response.writeHead(status, { ...extraHeaders, ...headers, ...length }).end(body)
}

/** An answer as a web-standard response. For HEAD, the server leaves out the body. */
export function toResponse({ status, headers, body }: HttpResponse): Response {
  // Some frameworks take the body of HEAD away first, and then do not know its length.
  const length = status === 304 ? {} : { 'content-length': String(new TextEncoder().encode(body).length) }
  return new Response(body === '' ? null : body, { status, headers: { ...headers, ...length } })
}
