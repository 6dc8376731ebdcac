import type { IncomingMessage, ServerResponse } from 'node:http'
import { isLoopback } from '@postern/core'
import { Problem } from './problem.ts'
import { sendProblem } from './send-problem.ts'

/**
 * Refuses a request that names another host than this machine. The app listens on loopback, but an attacker's page can resolve a name of its
 * own to it, and would then be of the same origin.
 *
 * @throws Problem
 */
export function assertLoopbackHost(host = ''): void {
  const url = `http://${host}`
  // An IPv6 address has brackets there.
  const isThisMachine = URL.canParse(url) && isLoopback(new URL(url).hostname.replace(/^\[|\]$/g, ''))
  if (!isThisMachine) throw new Problem(403, 'This app answers under names of this machine only, such as localhost.')
}

/** The same as a middleware of Express. */
export function loopbackHostOnly(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  try {
    assertLoopbackHost(request.headers.host)
  } catch (error) {
    return sendProblem(response, error)
  }
  next()
}
