import type { HttpResponse } from '@postern/core/http'

/** Core's answer as a web-standard response. For HEAD, the server leaves out the body. */
export function toResponse({ status, headers, body }: HttpResponse): Response {
  // Some frameworks take the body of HEAD away first, and then do not know its length.
  const length = status === 304 ? {} : { 'content-length': String(new TextEncoder().encode(body).length) }
  return new Response(body === '' ? null : body, { status, headers: { ...headers, ...length } })
}
