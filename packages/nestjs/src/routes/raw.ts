import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HttpAnswer } from '@postern/core/http'

/** Node's own request, which Fastify wraps and Express extends. */
export function rawRequest(request: unknown): IncomingMessage {
  return (request as { readonly raw?: IncomingMessage }).raw ?? (request as IncomingMessage)
}

/** Node's own response. */
export function rawResponse(response: unknown): ServerResponse {
  return (response as { readonly raw?: ServerResponse }).raw ?? (response as ServerResponse)
}

/** What of Fastify's reply is needed. */
interface Reply {
  hijack(): void
  getHeaders(): Record<string, string | string[] | number>
}

/** Sends what core has put together, byte for byte. Node leaves the body out of an answer to HEAD. */
export function sendAnswer(response: unknown, { status, headers, body }: HttpAnswer): void {
  const node = rawResponse(response)
  if (node.headersSent || node.destroyed) return
  const reply = node === response ? undefined : (response as Reply)
  reply?.hijack()
  const length = status === 304 ? {} : { 'content-length': Buffer.byteLength(body) }
  node.writeHead(status, { ...reply?.getHeaders(), ...headers, ...length }).end(body)
}
