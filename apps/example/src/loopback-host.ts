import type { IncomingMessage, ServerResponse } from 'node:http'
import { sendProblem } from './send-problem.ts'
import { Problem } from './problem.ts'

/**
 * Refuses requests that name another host than this machine. The app listens on loopback, but an attacker's page can resolve a name of its
 * own to it, and would then be of the same origin.
 */
export function loopbackHostOnly(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  if (loopbackHost.test(request.headers.host ?? '')) next()
  else sendProblem(response, new Problem(403, 'This app answers under names of this machine only, such as localhost.'))
}

const loopbackHost = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i
