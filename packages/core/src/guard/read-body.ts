import type { IncomingMessage } from 'node:http'
import { timerMs } from '../clock.ts'
import type { ProblemCode } from './problem.ts'

export interface BodyLimits {
  readonly bytes: number
  readonly ms: number
}

/** The parsed JSON body, or the problem with it. */
export type Body = { readonly body: unknown } | Refused

type Refused = { readonly problem: ProblemCode }

/**
 * Reads a JSON body within a size and a time limit.
 *
 * @param parsed the body as parsed by the framework, if its parser has already read it; then the parser's limits apply too
 */
export async function readBody(request: IncomingMessage, parsed: unknown, { bytes, ms }: BodyLimits): Promise<Body> {
  const { headers } = request
  // CSRF: a page of another site can post forms and plain text with the user's cookies, but not this type.
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase()
  if (type !== 'application/json') return { problem: 'wrong-media-type' }
  // A compressed body could be far larger than its length.
  if ((headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity') return { problem: 'wrong-media-type' }
  const length = headers['content-length']
  if (Number(length ?? 0) > bytes) return { problem: 'too-large' }
  if (request.readableDidRead) return length === undefined && !fits(parsed, bytes) ? { problem: 'too-large' } : { body: parsed }
  const text = await readText(request, bytes, ms)
  return typeof text === 'string' ? parse(text) : text
}

function readText(request: IncomingMessage, bytes: number, ms: number): Promise<string | Refused> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    const end = (result: string | Refused) => {
      clearTimeout(timer)
      request.off('data', onData)
      resolve(result)
    }
    const timer = setTimeout(() => end({ problem: 'too-slow' }), timerMs(ms))
    const onData = (chunk: Buffer) => {
      chunks.push(chunk)
      size += chunk.length
      if (size > bytes) end({ problem: 'too-large' })
    }
    request.on('data', onData)
    // RFC 8259 §8.1: JSON is UTF-8, and a byte order mark may be ignored.
    request.once('end', () => end(new TextDecoder().decode(Buffer.concat(chunks))))
    request.once('close', () => end({ problem: 'not-json' }))
    request.once('error', () => end({ problem: 'not-json' }))
  })
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
