import { once } from 'node:events'
import type { ServerResponse } from 'node:http'

/**
 * Sends a web-standard response through Node's. A client that reads slowly slows its stream down; the stream of one that has gone is
 * cancelled at once.
 *
 * @param extraHeaders headers set by the framework; those of the response take precedence
 */
export async function sendWebResponse(
  response: ServerResponse,
  { status, headers, body }: Response,
  extraHeaders: Readonly<Record<string, string | string[] | number>> = {},
): Promise<void> {
  if (response.headersSent || response.destroyed) {
    await body?.cancel()
    return
  }
  response.writeHead(status, { ...extraHeaders, ...Object.fromEntries(headers) })
  if (body) await sendBody(response, body)
  else response.end()
}

async function sendBody(response: ServerResponse, body: ReadableStream<Uint8Array>): Promise<void> {
  // Otherwise the headers would wait for the first event.
  response.flushHeaders()
  const reader = body.getReader()
  const leave = () => void reader.cancel().catch(() => {})
  response.once('close', leave)
  // A stream that drops its client does so while its client takes nothing, and nothing is read from the stream.
  reader.closed.catch(() => response.destroy())
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      if (!response.write(value)) await drained(response)
    }
    response.end()
  } catch {
    response.destroy()
  } finally {
    response.off('close', leave)
  }
}

/** Resolves when there is room for more, or when the connection has closed. */
async function drained(response: ServerResponse): Promise<void> {
  if (response.destroyed) return
  const ended = new AbortController()
  const { signal } = ended
  await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })]).finally(() => ended.abort())
}
