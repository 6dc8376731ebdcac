import type { Clock } from '../clock.ts'
import type { Endpoint } from '../endpoint.ts'
import type { Failure } from '../failure/failure.ts'
import type { Attempt } from '../selection/attempt.ts'
import { NoUsableEndpointError } from '../selection/no-usable-endpoint-error.ts'
import type { EndpointSelector } from '../selection/selector.ts'
import type { OpenedSession } from '../selection/session-opener.ts'
import { Cancellation } from '../smtp/cancellation.ts'
import type { Reply } from '../smtp/reply.ts'
import type { Session } from '../smtp/session.ts'
import { SessionFailed } from '../smtp/session-failed.ts'
import type { Job } from './job.ts'
import { loginDialogueOf } from './login-dialogue.ts'
import type { PoolOptions } from './pool-options.ts'

/** How to open a connection. */
export interface OpeningRequest {
  /** The endpoint; undefined: the best one of the ladder. */
  readonly endpoint?: Endpoint | undefined
  /** The message it is for; undefined: any message may use it. */
  readonly job?: Job | undefined
  /** Endpoints that must not be used. */
  readonly avoid?: readonly Endpoint[]
  /** Whether a login was sent before without a reply. */
  readonly isLoginLost?: boolean
  /** The attempts of the opening that this one repeats. */
  readonly attempts?: readonly Attempt[]
}

/** A connection that is being opened. */
export interface Opening extends Required<OpeningRequest> {
  readonly cancellation: Cancellation
  /** In milliseconds since the epoch. */
  readonly startedAt: number
  /** Whether it is its turn to log in. */
  isLoggingIn: boolean
}

/** Why a connection did not open, or the login on it failed. */
export interface FailedOpening {
  readonly failure: Failure
  /** The session on which the login failed; undefined if no session opened. */
  readonly session: Session | undefined
  /** Whether another login was refused, and therefore none was made on this session. */
  readonly isOfOther: boolean
  /** The reply that refused it, if there is one. */
  readonly reply: Reply | undefined
  /** The attempts at other endpoints. */
  readonly attempts: readonly Attempt[]
  /** The `SecretError` that a function of the caller threw. */
  readonly cause: Error | undefined
}

/** Callbacks for the outcome of each opening. */
export interface OpeningListener {
  onOpen(session: Session, opening: Opening, attempts: readonly Attempt[]): void
  onExhausted(error: NoUsableEndpointError, opening: Opening): void
  onOpenFailed(failed: FailedOpening, opening: Opening): void
  /** A listener or a function of the caller has thrown. */
  onBroken(error: unknown, opening: Opening): void
  /** Called after each of the others. */
  onEnd(): void
}

/** Opens the connections of a pool and logs in. */
export class Openings {
  readonly #selector: EndpointSelector
  readonly #options: Pick<PoolOptions, 'waitForChoice' | 'customLogin'>
  readonly #clock: Clock
  readonly #listener: OpeningListener
  readonly #all = new Set<Opening>()

  constructor(selector: EndpointSelector, options: Pick<PoolOptions, 'waitForChoice' | 'customLogin'>, clock: Clock, listener: OpeningListener) {
    this.#selector = selector
    this.#options = options
    this.#clock = clock
    this.#listener = listener
  }

  get size(): number {
    return this.#all.size
  }

  /** The number of openings that any message may use. */
  get shared(): number {
    let count = 0
    for (const { job } of this.#all) if (!job) count += 1
    return count
  }

  /** Whether an opening that any message may use goes through the ladder. */
  get isClimbing(): boolean {
    for (const { job, endpoint } of this.#all) if (!job && !endpoint) return true
    return false
  }

  /** Aborts the openings that match. */
  abort(matches: (opening: Opening) => boolean = () => true): void {
    for (const opening of this.#all) if (matches(opening)) opening.cancellation.abort(undefined)
  }

  /** Aborts the openings that match and have not begun to log in. @returns them */
  withdraw(matches: (opening: Opening) => boolean): readonly Opening[] {
    const withdrawn = [...this.#all].filter((opening) => !opening.isLoggingIn && matches(opening))
    for (const { cancellation } of withdrawn) cancellation.abort(undefined)
    return withdrawn
  }

  async open({ endpoint, job, avoid = job?.retry.avoid ?? [], isLoginLost = job?.retry.isLoginLost ?? false, attempts: earlier = [] }: OpeningRequest): Promise<void> {
    const cancellation = new Cancellation()
    const opening: Opening = { cancellation, endpoint, job, avoid, isLoginLost, attempts: earlier, startedAt: this.#clock.now(), isLoggingIn: false }
    this.#all.add(opening)
    if (job) job.interrupt = () => cancellation.abort(job.cancellation?.reason)
    let session: Session | undefined
    let refusal: SessionFailed | undefined
    let failed: SessionFailed | undefined
    let attempts = earlier
    const turn = this.#selector.loginTurns.enter(job?.submission.login ?? this.#selector.settings.auth)
    try {
      ;({ session, attempts } = await this.#openSession(opening))
      refusal = await turn.take(cancellation)
      if (refusal) throw refusal
      // The server may have closed the connection while it waited for its turn. No login was sent on it.
      if (!session.isIdle) {
        session.destroy()
        session = undefined
        ;({ session, attempts } = await this.#openSession(opening))
      }
      opening.isLoggingIn = true
      await this.#logIn(session, opening)
      turn.accepted()
      this.#all.delete(opening)
      this.#listener.onOpen(session, opening, attempts)
    } catch (error) {
      this.#all.delete(opening)
      session?.destroy()
      if (NoUsableEndpointError.isInstance(error)) this.#listener.onExhausted(error, opening)
      else if (error instanceof SessionFailed) this.#listener.onOpenFailed(failedOpening((failed = error), refusal, session, attempts), opening)
      else this.#listener.onBroken(error, opening)
    }
    turn.end(failed)
    this.#listener.onEnd()
  }

  async #openSession({ endpoint, job, avoid, cancellation, attempts: earlier }: Opening): Promise<OpenedSession> {
    if (endpoint) return { session: await this.#selector.openSessionAt(endpoint, { signal: cancellation }), attempts: earlier }
    const { session, attempts } = await this.#selector.openSession({ signal: cancellation, avoid, auth: job?.submission.login, waitForChoice: this.#options.waitForChoice })
    return { session, attempts: [...earlier, ...attempts] }
  }

  async #logIn(session: Session, { job, cancellation }: Opening): Promise<void> {
    const { customLogin } = this.#options
    if (!customLogin) return await session.logIn(cancellation)
    await customLogin(loginDialogueOf(session, job?.submission.login ?? this.#selector.settings.auth, cancellation))
  }
}

function failedOpening(error: SessionFailed, refusal: SessionFailed | undefined, session: Session | undefined, attempts: readonly Attempt[]): FailedOpening {
  const { failure } = error
  const reply = failure.replyCode === undefined ? undefined : error.lastReply
  return { failure, session, isOfOther: error === refusal, reply, attempts, cause: error.cause as Error | undefined }
}
