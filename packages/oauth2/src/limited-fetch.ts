/** Makes an HTTP request: Node's `fetch`, or one with a proxy or with a private authority, such as undici's. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** The largest response. Real ones have 1 to 10 kB. */
const MOST_OCTETS = 65_536

/** The longest `Retry-After` that is obeyed, in milliseconds. */
const LONGEST_PAUSE = 3_600_000

/** A complete response. */
export interface Answer {
  readonly status: number
  /** `Retry-After` in milliseconds. */
  readonly retryAfter: number | undefined
  readonly response: Response
}

/** The response exceeds the size limit. */
export class AnswerTooLarge extends Error {}

/**
 * Makes a request and reads the whole response, up to the size limit. The returned response has only its status, content type
 * and body. An ID token is removed from the body: it is not needed, and oauth4webapi would verify it.
 */
export async function fetchAnswer(fetch: Fetch, url: string, init: RequestInit): Promise<Answer> {
  const { status, headers, body } = await fetch(url, init)
  const text = await readText(body)
  const type = headers.get('content-type')
  return {
    status,
    retryAfter: readPause(headers.get('retry-after')),
    response: new Response(withoutIdToken(text) || null, { status, headers: type ? { 'content-type': type } : {} }),
  }
}

async function readText(body: ReadableStream<Uint8Array> | null): Promise<string> {
  const chunks: Uint8Array[] = []
  let octets = 0
  // An exception ends the loop, which cancels the stream and closes the connection.
  for await (const chunk of body ?? []) {
    octets += chunk.byteLength
    if (octets > MOST_OCTETS) throw new AnswerTooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function withoutIdToken(text: string): string {
  if (!text.includes('"id_token"')) return text
  try {
    return JSON.stringify({ ...(JSON.parse(text) as object), id_token: undefined })
  } catch {
    return text
  }
}

/** `Retry-After` is a number of seconds or a date (RFC 9110 §10.2.3). */
function readPause(value: string | null): number | undefined {
  if (value === null) return undefined
  const ms = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now()
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), LONGEST_PAUSE)
}
