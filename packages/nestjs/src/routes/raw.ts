import type { IncomingMessage, ServerResponse } from 'node:http'
import { type HttpResponse, sendResponse } from '@postern/core/http'

/** Node's own request, which Fastify wraps and Express extends. */
export function rawRequest(request: unknown): IncomingMessage {
  return (request as { readonly raw?: IncomingMessage }).raw ?? (request as IncomingMessage)
}

/** Node's own response. */
export function rawResponse(response: unknown): ServerResponse {
  return (response as { readonly raw?: ServerResponse }).raw ?? (response as ServerResponse)
}

/** The parts of Fastify's reply in use. */
interface Reply {
  hijack(): void
  getHeaders(): Record<string, string | string[] | number>
}

/** Sends core's answer on Node's response, bypassing the framework. */
export function sendTo(response: unknown, answer: HttpResponse): void {
  const node = rawResponse(response)
  if (node === response) return sendResponse(node, answer)
  const reply = response as Reply
  if (!node.headersSent) reply.hijack()
  sendResponse(node, answer, reply.getHeaders())
}
