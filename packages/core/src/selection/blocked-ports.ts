import type { Failure, FailureCode } from '../failure/failure.ts'
import { ALTERNATE_SUBMISSION_PORT, SMTP_PORT, SUBMISSION_PORT, SUBMISSIONS_PORT } from '../ports.ts'

/** The result for one port, as far as it tells whether the network blocks the port. */
export interface PortResult {
  readonly port: number
  readonly failure?: Failure | undefined
}

/** Ports of one host, some of which the network seems to block. */
export interface BlockedPorts {
  /** The ports without any answer. */
  readonly closed: readonly number[]
  /** The ports that answered, if only to refuse the connection. */
  readonly open: readonly number[]
  /** The hosting platform that blocks exactly these ports, if one is known. */
  readonly platform: string | undefined
}

/** Failures in which nothing came from the server. */
export const silent: ReadonlySet<FailureCode> = new Set(['connect-timeout', 'greeting-timeout'])

/** What platforms without an environment variable of their own block by default, and a port that they leave open (docs/platforms.md). */
const knownBlocks: readonly { readonly platform: string; readonly closed: readonly number[]; readonly open: number }[] = [
  { platform: 'Hetzner', closed: [SMTP_PORT, SUBMISSIONS_PORT], open: SUBMISSION_PORT },
  { platform: 'DigitalOcean', closed: [SMTP_PORT, SUBMISSIONS_PORT, SUBMISSION_PORT], open: ALTERNATE_SUBMISSION_PORT },
]

/**
 * Separates the ports that the network seems to block from those that answer.
 *
 * @returns undefined unless there are both
 */
export function findBlockedPorts(results: readonly PortResult[]): BlockedPorts | undefined {
  const portsWith = (test: (failure: Failure | undefined) => boolean) =>
    [...new Set(results.filter(({ failure }) => test(failure)).map(({ port }) => port))].toSorted((a, b) => a - b)
  const closed = portsWith((failure) => failure !== undefined && silent.has(failure.code))
  const open = portsWith(isAnswered).filter((port) => !closed.includes(port))
  if (closed.length === 0 || open.length === 0) return undefined
  const isKnown = (block: (typeof knownBlocks)[number]) =>
    open.includes(block.open) && !block.closed.some((port) => open.includes(port)) && block.closed.some((port) => closed.includes(port))
  return { closed, open, platform: knownBlocks.find(isKnown)?.platform }
}

function isAnswered(failure: Failure | undefined): boolean {
  if (!failure || failure.code === 'connect-refused') return true
  return !noAnswer.has(failure.code) && failure.stage !== 'dns' && failure.stage !== 'connect'
}

/** Failures that do not show an answer, whatever their stage. */
const noAnswer: ReadonlySet<FailureCode> = new Set([...silent, 'deadline', 'aborted'])
