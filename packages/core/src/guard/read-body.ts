import type { IncomingMessage } from 'node:http'
import { timerMs } from '../clock.ts'
import type { ProblemCode } from './problem.ts'

export interface BodyLimits {
  readonly bytes: number
  readonly ms: number
}

/** What was posted, as JSON is read, or why it cannot be. */
export type Body = { readonly body: unknown } | Refused

type Refused = { readonly problem: ProblemCode }

/**
 * Reads a JSON body, as far as it is one, is small and comes soon.
 *
 * @param parsed what a framework's parser has made of it, where one got there first: then its limits hold as well
 */
export async function readBody(request: IncomingMessage, parsed: unknown, { bytes, ms }: BodyLimits): Promise<Body> {
  const { headers } = request
  // A page of another site can post a form or plain text with the reader's cookies, but not this type.
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase()
  if (type !== 'application/json') return { problem: 'wrong-media-type' }
  // What is compressed could be far larger than it looks.
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
    // RFC 8259 §8.1: UTF-8, where a byte order mark may be passed over.
    request.once('end', () => end(new TextDecoder().decode(Buffer.concat(chunks))))
    request.once('close', () => end({ problem: 'not-json' }))
    request.once('error', () => end({ problem: 'not-json' }))
  })
}

/** What a parser took in chunks had no length to go by. */
function fits(parsed: unknown, bytes: number): boolean {
  try {
    return Buffer.byteLength(JSON.stringify(parsed) ?? '') <= bytes
  } catch {
    // Nested deeper than can be written.
    return false
  }
}

/** As body parsers have it: an object or a list, and nothing for an empty body. */
function parse(text: string): Body {
  if (text === '') return { body: undefined }
  if (!/^\s*[[{]/.test(text)) return { problem: 'not-json' }
  try {
    return { body: JSON.parse(text) as unknown }
  } catch {
    return { problem: 'not-json' }
  }
}
