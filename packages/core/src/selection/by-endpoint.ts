import { isSameEndpoint } from '../endpoint.ts'
import type { Failure, FailureCode, Stage } from '../failure/failure.ts'
import type { Attempt } from './attempt.ts'

/** The attempts at each endpoint, which are those at its addresses, in the order in which the endpoints were first tried. */
export function byEndpoint<A extends Pick<Attempt, 'endpoint'>>(attempts: readonly A[]): (readonly A[])[] {
  const groups: A[][] = []
  for (const attempt of attempts) {
    const group = groups.find(([first]) => isSameEndpoint(first!.endpoint, attempt.endpoint))
    if (group) group.push(attempt)
    else groups.push([attempt])
  }
  return groups
}

const stages: readonly Stage[] = ['dns', 'connect', 'greeting', 'ehlo', 'starttls', 'tls', 'auth', 'mail', 'rcpt', 'data', 'message']

/** Of failures in the same stage, these say more than a wait that ended. */
const silent: ReadonlySet<FailureCode> = new Set(['dns-timeout', 'connect-timeout', 'greeting-timeout', 'reply-timeout', 'network-unreachable'])

/** The failure that says most about an endpoint with several addresses: the caller's own abort, else the one that came furthest. */
export function failureOf(attempts: readonly Pick<Attempt, 'failure'>[]): Failure | undefined {
  const failures = attempts.flatMap(({ failure }) => failure ?? [])
  return failures.toSorted((a, b) => weight(b) - weight(a))[0]
}

function weight({ code, stage }: Failure): number {
  if (code === 'aborted' || code === 'deadline') return stages.length
  return stages.indexOf(stage) + (silent.has(code) ? 0 : 0.5)
}
