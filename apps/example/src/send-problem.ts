import type { ServerResponse } from 'node:http'
import { sendResponse } from '@postern/core/http'
import { problemFrom } from './problem.ts'

/** Answers an error with problem details (RFC 9457), in the same way in Express, in Nest and in the lab. */
export function sendProblem(response: ServerResponse, error: unknown): void {
  const problem = problemFrom(error)
  const headers = { 'content-type': 'application/problem+json', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }
  sendResponse(response, { status: problem.status, headers, body: JSON.stringify(problem) })
}
