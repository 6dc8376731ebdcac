import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'

/** The fields that frameworks add to a request of Node. */
interface FrameworkRequest extends IncomingMessage {
  /** The URL before a mount path was taken away. */
  readonly originalUrl?: string
  /** The body, if a parser has read it. */
  readonly body?: unknown
}

/** Methods that a `Request` cannot have. All of them are answered like another one that no route has. */
const unsupported: ReadonlySet<string> = new Set(['CONNECT', 'TRACE', 'TRACK'])

/** A request of Node's HTTP server as a web-standard one. Its signal is aborted when the client has gone. */
export function toWebRequest(request: FrameworkRequest, response: ServerResponse): Request {
  const { method = 'GET', originalUrl = request.url ?? '/' } = request
  const hasBody = method !== 'GET' && method !== 'HEAD'
  // The host is in the headers. One that is no host would make this throw.
  return new Request(`http://localhost${originalUrl.startsWith('/') ? originalUrl : '/'}`, {
    method: unsupported.has(method) ? 'OPTIONS' : method,
    headers: headersOf(request),
    signal: goneSignal(response),
    ...(hasBody && { body: bodyOf(request), duplex: 'half' }),
  } as RequestInit)
}

function headersOf({ headers }: IncomingMessage): Headers {
  const all = new Headers()
  for (const [name, value] of Object.entries(headers)) {
    // HTTP/2 has pseudo-headers.
    if (name.startsWith(':')) continue
    for (const one of [value ?? []].flat()) all.append(name, one)
  }
  return all
}

/** A parsed body is written again, for the route that reads it. */
function bodyOf(request: FrameworkRequest): BodyInit | undefined {
  if (!request.readableDidRead) return Readable.toWeb(request) as BodyInit
  return request.body === undefined ? undefined : JSON.stringify(request.body)
}

/** Aborts when the connection closes before the response has ended. */
function goneSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController()
  if (response.destroyed) controller.abort()
  else response.once('close', () => controller.abort())
  return controller.signal
}
