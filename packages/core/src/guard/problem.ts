import type { HttpResponse } from '../http-response.ts'
import { type Locale, type Texts, textsFor } from '../text/index.ts'

/** Why a request was not served. */
export type ProblemCode = keyof Texts['problems']

/** A problem of RFC 9457, with exactly these members. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: ProblemCode
}

const statuses: Readonly<Record<ProblemCode, number>> = {
  'not-allowed': 403,
  'not-found': 404,
  'method-not-allowed': 405,
  'not-json': 400,
  'wrong-media-type': 415,
  'too-large': 413,
  'too-slow': 408,
  'wrong-request': 422,
  'wrong-message': 422,
  'too-many-requests': 429,
  busy: 503,
  unexpected: 500,
}

/**
 * A problem as an HTTP response. It contains nothing from the request.
 *
 * @example
 * problemResponse('too-many-requests', 'de', { 'retry-after': '30' })
 */
export function problemResponse(code: ProblemCode, locale: Locale, headers: HttpResponse['headers'] = {}): HttpResponse {
  const status = statuses[code]
  const problem: Problem = { type: `urn:postern:problem:${code}`, title: textsFor(locale).problems[code], status, code }
  return {
    status,
    headers: { 'content-type': 'application/problem+json', ...personal(locale), ...headers },
    body: JSON.stringify(problem),
  }
}

/** Headers of a response that must not be shared or cached. */
export function personal(locale: Locale): HttpResponse['headers'] {
  return {
    'cache-control': 'no-store',
    'content-language': locale,
    vary: 'Accept-Language',
    'x-content-type-options': 'nosniff',
  }
}
