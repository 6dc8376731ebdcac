import type { ProblemCode } from '@postern/core/http'
import express, { type Request, type Response } from 'express'

export interface BodyLimits {
  readonly bytes: number
  readonly ms: number
}

export type Body = { readonly body: unknown } | { readonly problem: ProblemCode }

const problems: ReadonlyMap<unknown, ProblemCode> = new Map([
  [413, 'too-large'],
  [415, 'wrong-media-type'],
])

/**
 * Reads a JSON body, as far as it is one, is small and comes soon. One that was parsed before is taken as it is: then
 * that parser's limits hold as well.
 */
export function bodyReader({ bytes, ms }: BodyLimits): (request: Request, response: Response) => Promise<Body> {
  // What is compressed could be far larger than it looks.
  const parse = express.json({ limit: bytes, inflate: false })
  return (request, response) => {
    // A page of another site can post a form or plain text with the reader's cookies, but not this type.
    if (!request.is('application/json')) return Promise.resolve({ problem: 'wrong-media-type' })
    if (Number(request.headers['content-length'] ?? 0) > bytes) return Promise.resolve({ problem: 'too-large' })
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve({ problem: 'too-slow' }), ms)
      parse(request, response, (error?: unknown) => {
        clearTimeout(timer)
        const { status } = (error ?? {}) as { readonly status?: unknown }
        resolve(error ? { problem: problems.get(status) ?? 'not-json' } : { body: request.body as unknown })
      })
    })
  }
}
