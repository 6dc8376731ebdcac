import { timerMs } from '../clock.ts'
import type { ProblemCode } from './problem.ts'

export interface BodyLimits {
  readonly bytes: number
  readonly ms: number
}

/** The body of a request: its bytes, or what a parser of the framework has made of them. */
export type RequestBody = { readonly chunks: () => AsyncIterator<Uint8Array> } | { readonly parsed: unknown }

/** The parsed JSON body, or the problem with it. */
export type Body = { readonly body: unknown } | Refused

type Refused = { readonly problem: ProblemCode }

/**
 * Reads a JSON body within a size and a time limit. If a parser of the framework has already read it, the parser's limits apply
 * too.
 */
export async function readBody(header: (name: string) => string | undefined, body: RequestBody, { bytes, ms }: BodyLimits): Promise<Body> {
  // CSRF: a page of another site can post forms and plain text with the user's cookies, but not this type.
  const type = header('content-type')?.split(';', 1)[0]?.trim().toLowerCase()
  if (type !== 'application/json') return { problem: 'wrong-media-type' }
  // A compressed body could be far larger than its length.
  if ((header('content-encoding') ?? 'identity').toLowerCase() !== 'identity') return { problem: 'wrong-media-type' }
  const length = header('content-length')
  if (Number(length ?? 0) > bytes) return { problem: 'too-large' }
  if ('parsed' in body) return length === undefined && !fits(body.parsed, bytes) ? { problem: 'too-large' } : { body: body.parsed }
  const text = await readText(body.chunks(), bytes, ms)
  return typeof text === 'string' ? parse(text) : text
}

async function readText(chunks: AsyncIterator<Uint8Array>, bytes: number, ms: number): Promise<string | Refused> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<undefined>((resolve) => (timer = setTimeout(resolve, timerMs(ms), undefined)))
  // RFC 8259 §8.1: JSON is UTF-8, and a byte order mark may be ignored.
  const decoder = new TextDecoder()
  let [text, size] = ['', 0]
  try {
    for (;;) {
      const next = await Promise.race([chunks.next(), timeout])
      if (!next) return stop(chunks, 'too-slow')
      if (next.done) return text + decoder.decode()
      size += next.value.length
      if (size > bytes) return stop(chunks, 'too-large')
      text += decoder.decode(next.value, { stream: true })
    }
  } catch {
    // The client has disconnected.
    return { problem: 'not-json' }
  } finally {
    clearTimeout(timer)
  }
}

/** Stops reading, without waiting for a chunk that may never come. */
function stop(chunks: AsyncIterator<Uint8Array>, problem: ProblemCode): Refused {
  chunks.return?.().catch(() => {})
  return { problem }
}

/** Measures a parsed body that was sent in chunks, without a length. */
function fits(parsed: unknown, bytes: number): boolean {
  try {
    return Buffer.byteLength(JSON.stringify(parsed) ?? '') <= bytes
  } catch {
    // Nested too deeply to be serialised.
    return false
  }
}

/** Parses an object or an array, as body parsers do. An empty body is undefined. */
function parse(text: string): Body {
  if (text === '') return { body: undefined }
  if (!/^\s*[[{]/.test(text)) return { problem: 'not-json' }
  try {
    return { body: JSON.parse(text) as unknown }
  } catch {
    return { problem: 'not-json' }
  }
}
