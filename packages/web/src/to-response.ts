import type { HttpResponse } from '@postern/core/http'

/** Core's answer as a web-standard response. */
export function toResponse({ status, headers, body }: HttpResponse, { method }: Request): Response {
  // Servers do not know the length of a body that HEAD leaves out.
  const length = status === 304 ? {} : { 'content-length': String(new TextEncoder().encode(body).length) }
  return new Response(method === 'HEAD' || body === '' ? null : body, { status, headers: { ...headers, ...length } })
}
