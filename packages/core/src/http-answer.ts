import type { ServerResponse } from 'node:http'

/** An answer to an HTTP request, for whatever framework sends it. */
export interface HttpAnswer {
  readonly status: number
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Empty where there is none. To HEAD, the adapter leaves it out. */
  readonly body: string
}

/**
 * Sends an answer through Node's own response, unless that has been answered. Node leaves the body out of an answer to HEAD.
 *
 * @param beside headers that the framework has for it; the answer's own win
 * @example
 * sendAnswer(response, await route({ method: request.method ?? '', authorized: false }))
 */
export function sendAnswer(
  response: ServerResponse,
  { status, headers, body }: HttpAnswer,
  beside: Readonly<Record<string, string | string[] | number>> = {},
): void {
  if (response.headersSent || response.destroyed) return
  const length = status === 304 ? {} : { 'content-length': Buffer.byteLength(body) }
  response.writeHead(status, { ...beside, ...headers, ...length }).end(body)
}
