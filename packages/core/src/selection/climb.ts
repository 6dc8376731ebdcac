import { type Endpoint, endpointKey } from '../endpoint.ts'
import type { Failure } from '../failure/failure.ts'
import { type Session, SessionFailed } from '../smtp/session.ts'
import type { Attempt } from './attempt.ts'
import { attemptOf, race, type RaceOptions, type RacePace } from './race.ts'

/** Where the ladder ended: a connection under TLS that has stood the test, or none. */
export interface Climb {
  readonly session: Session | undefined
  readonly attempts: readonly Attempt[]
}

/**
 * Goes through the ladder until an endpoint opens and stands the test, racing anew over what is left after each that
 * does not.
 *
 * @param test what an open connection must stand, beyond TLS: that a login is offered, say
 */
export async function climb(
  endpoints: readonly Endpoint[],
  timing: RacePace,
  options: RaceOptions,
  test?: (session: Session) => Promise<void>,
): Promise<Climb> {
  const attempts: Attempt[] = []
  let left = endpoints
  for (;;) {
    const { session, attempts: raced } = await race(left, timing, options)
    const error = session && (await errorOf(session, test))
    for (const attempt of raced) {
      const known = session && attempt.outcome === 'used' ? attemptOf(session, error ? 'failed' : 'used', error) : attempt
      attempts.push(known)
      // Those that failed in the race were told of as they did.
      if (attempt.outcome !== 'failed') options.tell?.(known)
    }
    if (!error) return { session, attempts }

    const failed = new Set(attempts.filter(({ outcome }) => outcome === 'failed').map(({ endpoint }) => endpointKey(endpoint)))
    left = left.filter((endpoint) => !failed.has(endpointKey(endpoint)))
    const calledOff = options.signal.aborted
    if (left.length === 0 || calledOff || !mayTryNext(error.failure) || unanswered(attempts) > MOST_UNANSWERED) {
      return { session: undefined, attempts }
    }
  }
}

/**
 * Whether another rung may be tried after a failure. Once the server has answered to a login, or to the envelope, it
 * has spoken: a refused login that is tried again elsewhere locks accounts. A 2yz or 3yz where it makes no sense is no
 * answer.
 *
 * @example
 * mayTryNext(diagnose(error)) // false for a 535 to AUTH, true for a refused connection
 */
export function mayTryNext({ stage, replyCode, code }: Failure): boolean {
  // A secret that nobody gives is missing at every port.
  if (code === 'aborted' || code === 'deadline' || code === 'auth-temporary') return false
  return !answered.has(stage) || replyCode === undefined || replyCode < 400
}

/** A login that got no answer may have arrived, and counts as one try with the provider: it is made once more, not thrice. */
const MOST_UNANSWERED = 1

function unanswered(attempts: readonly Attempt[]): number {
  return attempts.filter(({ failure }) => failure?.stage === 'auth' && !neverSent.has(failure.code)).length
}

/** Failures of a login that was not begun. */
const neverSent: ReadonlySet<Failure['code']> = new Set(['auth-not-offered', 'auth-mechanism'])

const answered: ReadonlySet<Failure['stage']> = new Set(['auth', 'mail', 'rcpt', 'data', 'message'])

async function errorOf(session: Session, test?: (session: Session) => Promise<void>): Promise<SessionFailed | undefined> {
  try {
    await test?.(session)
    return undefined
  } catch (error) {
    if (error instanceof SessionFailed) return error
    session.destroy()
    throw error
  }
}
