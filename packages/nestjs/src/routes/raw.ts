import type { IncomingMessage, ServerResponse } from 'node:http'
import { type HttpAnswer, sendAnswer } from '@postern/core/http'

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

/** Sends what core has put together, byte for byte, past the framework. */
export function answerBy(response: unknown, answer: HttpAnswer): void {
  const node = rawResponse(response)
  if (node === response) return sendAnswer(node, answer)
  const reply = response as Reply
  if (!node.headersSent) reply.hijack()
  sendAnswer(node, answer, reply.getHeaders())
}
