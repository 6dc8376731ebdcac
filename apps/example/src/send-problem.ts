import type { ServerResponse } from 'node:http'
import { type HttpResponse, localeFrom, sendResponse } from '@postern/core/http'
import { problemFrom } from './problem.ts'

/** The answer to an error, as problem details (RFC 9457), in the language of the request. It is the same in each framework. */
export function errorResponse(error: unknown, acceptLanguage: string | undefined): HttpResponse {
  const problem = problemFrom(error, acceptLanguage === undefined ? undefined : localeFrom(acceptLanguage))
  const headers = { 'content-type': 'application/problem+json', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }
  return { status: problem.status, headers, body: JSON.stringify(problem) }
}

/** Answers an error in Express, in Nest and in the lab. */
export function sendProblem(response: ServerResponse, error: unknown): void {
  sendResponse(response, errorResponse(error, response.req.headers['accept-language']))
}
