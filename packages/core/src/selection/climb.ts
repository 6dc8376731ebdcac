import { type Endpoint, isSameEndpoint } from '../endpoint.ts'
import type { Failure } from '../failure/failure.ts'
import { type Session, SessionFailed } from '../smtp/session.ts'
import { type Attempt, attemptOf } from './attempt.ts'
import { Race, type RaceOptions, type RacePace } from './race.ts'

/** Where the ladder ended: a session that has passed the test, or none. */
export interface Climb {
  readonly session: Session | undefined
  readonly attempts: readonly Attempt[]
}

/**
 * Goes through the ladder until an endpoint opens and passes the test, racing again over what is left after each that
 * does not.
 *
 * @param test what the winner of a race must pass, and only one session at a time may do: a login
 */
export async function climb(
  endpoints: readonly Endpoint[],
  pace: RacePace,
  options: RaceOptions,
  test?: (session: Session) => Promise<void>,
): Promise<Climb> {
  const attempts: Attempt[] = []
  let left = endpoints
  for (;;) {
    const { winner, attempts: raced, failed } = await new Race(left, pace, options).start().decision
    const session = winner?.session
    const error = session && (await errorOf(session, test))
    for (const attempt of raced) {
      const known = session && attempt.outcome === 'used' ? attemptOf(session, error ? 'failed' : 'used', error?.failure) : attempt
      attempts.push(known)
      // Listeners have heard of those that failed in the race.
      if (attempt.outcome !== 'failed') options.onAttempt?.(known)
    }
    if (!error) return { session, attempts }

    const used = [winner.endpoint, ...failed]
    left = left.filter((endpoint) => !used.some((one) => isSameEndpoint(one, endpoint)))
    const isAborted = options.session.signal.aborted
    if (left.length === 0 || isAborted || !canTryNextEndpoint(error.failure) || unansweredLogins(attempts) > MOST_UNANSWERED) {
      return { session: undefined, attempts }
    }
  }
}

/**
 * Whether another rung may be tried after a failure. After an answer to the login, or to the envelope, it may not: a
 * refused login that is tried again elsewhere locks accounts. A 2yz or 3yz where it makes no sense is not an answer.
 *
 * @example
 * canTryNextEndpoint(diagnose(error)) // false for a 535 to AUTH, true for a refused connection
 */
export function canTryNextEndpoint({ stage, replyCode, code }: Failure): boolean {
  // A secret that the caller's function does not give is missing at every port.
  if (code === 'aborted' || code === 'deadline' || code === 'auth-temporary' || code === 'auth-secret-missing') return false
  return !answered.has(stage) || replyCode === undefined || replyCode < 400
}

/** A login that got no answer may have arrived, and then counts with the provider: it is made once more, not three times. */
const MOST_UNANSWERED = 1

function unansweredLogins(attempts: readonly Attempt[]): number {
  return attempts.filter(({ failure }) => failure?.stage === 'auth' && !neverSent.has(failure.code)).length
}

/** Failures of a login of which nothing was sent. */
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
