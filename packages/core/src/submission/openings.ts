import type { Clock } from '../clock.ts'
import type { Endpoint } from '../endpoint.ts'
import type { Failure } from '../failure/failure.ts'
import type { Attempt } from '../selection/attempt.ts'
import { NoUsableEndpointError } from '../selection/no-usable-endpoint-error.ts'
import type { EndpointSelector } from '../selection/selector.ts'
import { Cancellation } from '../smtp/cancellation.ts'
import { type Session, SessionFailed } from '../smtp/session.ts'
import type { Job } from './job.ts'
import { loginDialogueOf } from './login-dialogue.ts'
import type { PoolOptions } from './pool-options.ts'

/** What to open. */
export interface OpeningRequest {
  /** Where to; undefined: through the ladder. */
  readonly endpoint?: Endpoint | undefined
  /** The message that it is for; undefined: any message may use it. */
  readonly job?: Job | undefined
  /** Endpoints that are not used. */
  readonly avoid?: readonly Endpoint[]
  /** Whether a login was sent before and got no reply. */
  readonly isLoginLost?: boolean
}

/** A connection that is being opened. */
export interface Opening extends Required<OpeningRequest> {
  readonly cancellation: Cancellation
  /** In milliseconds since the epoch. */
  readonly startedAt: number
}

/** Why a connection did not open, or the login on it failed. */
export interface FailedOpening {
  readonly failure: Failure
  /** Where the login failed; undefined where none was reached. */
  readonly session: Session | undefined
  /** Attempts at other endpoints. */
  readonly attempts: readonly Attempt[]
  /** The `SecretError` of a caller's function. */
  readonly cause: Error | undefined
}

/** Receives the outcome of each opening. */
export interface OpeningListener {
  onOpen(session: Session, opening: Opening, attempts: readonly Attempt[]): void
  onExhausted(error: NoUsableEndpointError, opening: Opening): void
  onOpenFailed(failed: FailedOpening, opening: Opening): void
  /** An exception of a listener or of a function of the caller's. */
  onBroken(error: unknown, opening: Opening): void
  /** Called after one of the others. */
  onEnd(): void
}

/** Opens the connections of a pool and makes the login on them. */
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

  /** How many are for any message. */
  get shared(): number {
    let count = 0
    for (const { job } of this.#all) if (!job) count += 1
    return count
  }

  /** Whether one for any message goes through the ladder. */
  get isClimbing(): boolean {
    for (const { job, endpoint } of this.#all) if (!job && !endpoint) return true
    return false
  }

  /** Aborts those that match. */
  abort(matches: (opening: Opening) => boolean = () => true): void {
    for (const opening of this.#all) if (matches(opening)) opening.cancellation.abort(undefined)
  }

  async open({ endpoint, job, avoid = job?.journey.avoid ?? [], isLoginLost = job?.journey.isLoginLost ?? false }: OpeningRequest): Promise<void> {
    const cancellation = new Cancellation()
    const opening: Opening = { cancellation, endpoint, job, avoid, isLoginLost, startedAt: this.#clock.now() }
    this.#all.add(opening)
    if (job) job.interrupt = () => cancellation.abort(job.cancellation?.reason)
    let session: Session | undefined
    let attempts: readonly Attempt[] = []
    try {
      if (endpoint) session = await this.#selector.openSessionAt(endpoint, { signal: cancellation })
      else ({ session, attempts } = await this.#selector.openSession({ signal: cancellation, avoid, auth: job?.submission.login, waitForChoice: this.#options.waitForChoice }))
      await this.#logIn(session, opening)
      this.#all.delete(opening)
      this.#listener.onOpen(session, opening, attempts)
    } catch (error) {
      this.#all.delete(opening)
      session?.destroy()
      if (NoUsableEndpointError.isInstance(error)) this.#listener.onExhausted(error, opening)
      else if (error instanceof SessionFailed) this.#listener.onOpenFailed({ failure: error.failure, session, attempts, cause: error.cause as Error | undefined }, opening)
      else this.#listener.onBroken(error, opening)
    }
    this.#listener.onEnd()
  }

  async #logIn(session: Session, { job, cancellation }: Opening): Promise<void> {
    const { customLogin } = this.#options
    if (!customLogin) return await session.logIn(cancellation)
    await customLogin(loginDialogueOf(session, job?.submission.login ?? this.#selector.settings.auth, cancellation))
  }
}
