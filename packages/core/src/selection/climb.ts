import { type Endpoint, isSameEndpoint } from '../endpoint.ts'
import type { Failure } from '../failure/failure.ts'
import type { Session } from '../smtp/session.ts'
import { SessionFailed } from '../smtp/session-failed.ts'
import { type Attempt, attemptOf } from './attempt.ts'
import { Race, type RaceOptions, type RacePace } from './race.ts'

/** The result of going through the ladder. */
export interface Climb {
  readonly session: Session | undefined
  readonly attempts: readonly Attempt[]
}

/**
 * Goes through the ladder until an endpoint opens and passes the test. After each one that fails the test, the remaining
 * endpoints race again.
 *
 * @param test a test for the winner of a race that only one session at a time may run: the login
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
      // Failures within the race were already reported to listeners.
      if (attempt.outcome !== 'failed') options.onAttempt?.(known)
    }
    if (!error) return { session, attempts }

    const used = [winner.endpoint, ...failed]
    left = left.filter((endpoint) => !used.some((one) => isSameEndpoint(one, endpoint)))
    const isAborted = options.session.signal.aborted
    if (left.length === 0 || isAborted || !canTryNextEndpoint(error.failure) || unansweredLogins(attempts) > MAX_UNANSWERED) {
      return { session: undefined, attempts }
    }
  }
}

/**
 * Whether another rung may be tried after a failure. Not after a reply to the login or the envelope: repeating a refused
 * login on another port locks accounts. An unexpected 2yz or 3yz does not count as a reply.
 *
 * @example
 * canTryNextEndpoint(diagnose(error)) // false for a 535 to AUTH, true for a refused connection
 */
export function canTryNextEndpoint({ stage, replyCode, code }: Failure): boolean {
  // If the caller's function has no secret, other ports do not help. A limit of the server holds for all its ports.
  if (onEveryPort.has(code)) return false
  return !answered.has(stage) || replyCode === undefined || replyCode < 400
}

/** Failures that would be the same on another port. */
const onEveryPort: ReadonlySet<Failure['code']> = new Set(['aborted', 'deadline', 'auth-temporary', 'auth-secret-missing', 'rate-limited'])

/** The provider may count a login without a reply as failed. It is repeated once, no more. */
const MAX_UNANSWERED = 1

function unansweredLogins(attempts: readonly Attempt[]): number {
  return attempts.filter(({ failure }) => failure?.stage === 'auth' && !neverSent.has(failure.code)).length
}

/** Login failures before anything was sent. */
const neverSent: ReadonlySet<Failure['code']> = new Set(['auth-not-offered', 'auth-mechanism'])

const answered: ReadonlySet<Failure['stage']> = new Set(['auth', 'mail', 'rcpt', 'data', 'message'])

async function errorOf(session: Session, test?: (session: Session) => Promise<void>): Promise<SessionFailed | undefined> {
  try {
    await test?.(session)
    return undefined
  } catch (error) {
    session.destroy()
    if (error instanceof SessionFailed) return error
    throw error
  }
}
