import { isSameEndpoint } from '../endpoint.ts'
import type { Failure, FailureCode, Stage } from '../failure/failure.ts'
import type { Attempt } from './attempt.ts'

/** Groups attempts by endpoint, in the order of the first attempt at each. */
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

/** Codes that are less specific than others in the same stage. */
const silent: ReadonlySet<FailureCode> = new Set(['dns-timeout', 'connect-timeout', 'greeting-timeout', 'reply-timeout', 'network-unreachable'])

/** The most significant failure of an endpoint with several addresses: an abort by the caller, otherwise the one in the latest stage. */
export function failureOf(attempts: readonly Pick<Attempt, 'failure'>[]): Failure | undefined {
  const failures = attempts.flatMap(({ failure }) => failure ?? [])
  return failures.toSorted((a, b) => weight(b) - weight(a))[0]
}

function weight({ code, stage }: Failure): number {
  if (code === 'aborted' || code === 'deadline') return stages.length
  return stages.indexOf(stage) + (silent.has(code) ? 0 : 0.5)
}
