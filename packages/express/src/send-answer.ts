import type { ServerResponse } from 'node:http'
import type { HttpAnswer } from '@postern/core/http'

/** Sends what core has put together. Node leaves the body out of an answer to HEAD. */
export function sendAnswer(response: ServerResponse, { status, headers, body }: HttpAnswer): void {
  if (response.headersSent || response.destroyed) return
  const length = status === 304 ? {} : { 'content-length': Buffer.byteLength(body) }
  response.writeHead(status, { ...headers, ...length }).end(body)
}
