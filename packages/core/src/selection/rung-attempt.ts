import { timerMs } from '../clock.ts'
import type { Endpoint } from '../endpoint.ts'
import { SUPERSEDED } from '../smtp/bounded.ts'
import { ignore } from '../smtp/error-guard.ts'
import { Session } from '../smtp/session.ts'
import { SessionFailed } from '../smtp/session-failed.ts'
import type { SessionOptions } from '../smtp/session-options.ts'
import { AddressList } from './address-list.ts'
import type { AddressOrder } from './address-order.ts'
import { type Attempt, attemptOf, type AttemptOutcome } from './attempt.ts'

/** Options of a rung attempt. */
export interface RungOptions {
  readonly session: SessionOptions
  /** The test that a session must pass after TLS, for instance that the login is offered. */
  readonly qualify?: ((session: Session) => Promise<void>) | undefined
  /** Spreads connections over the addresses of the host. Default: the resolver's order, alternating the families. */
  readonly addressOrder?: AddressOrder | undefined
  /** Milliseconds without a greeting until the next address of the host is tried as well. */
  readonly addressDelay: number
  /** The same for an address that has greeted but not completed TLS. */
  readonly addressGrace: number
}

/** Callbacks of a rung attempt. */
export interface RungListener {
  /** Called when the state may have changed. */
  readonly changed: (rung: RungAttempt) => void
  /** Called when an address has failed. `record` creates the record. */
  readonly failed?: (attempt: () => Attempt) => void
  /** Called when the caller's `dial` has thrown. */
  readonly broken: (error: unknown) => void
}

type State = 'greeting' | 'securing' | 'ready' | 'failed' | 'stopped'

/** A connection to one address of the host. */
interface Connection {
  readonly session: Session
  readonly index: number
  state: State
  error?: SessionFailed
  atRest: Promise<void>
}

/**
 * Opens one rung. The addresses of the host are tried in parallel: the next one starts when one fails before TLS is complete,
 * or has not greeted in time. The first connection that completes TLS is used; the others are destroyed.
 */
export class RungAttempt {
  readonly endpoint: Endpoint
  /** Whether the session was given to a caller, which closes it. */
  isHandedOut = false
  readonly #options: RungOptions
  readonly #listener: RungListener
  readonly #connections: Connection[] = []
  readonly #addresses: AddressList
  /** The first connection that completed TLS. */
  #secured: Connection | undefined
  #isStopped = false
  #timer: NodeJS.Timeout | undefined

  constructor(endpoint: Endpoint, options: RungOptions, listener: RungListener) {
    this.endpoint = endpoint
    this.#options = options
    this.#listener = listener
    this.#addresses = new AddressList(options.session, endpoint.port, options.addressOrder)
  }

  start(): void {
    this.#startConnection()
  }

  /** `greeting`: no address has greeted yet. `securing`: one has greeted. `ready`: one qualified. */
  get state(): State {
    if (this.#isStopped) return 'stopped'
    if (this.#secured) return this.#secured.state
    const states = new Set(this.#connections.map(({ state }) => state))
    return states.has('securing') ? 'securing' : states.has('greeting') ? 'greeting' : 'failed'
  }

  /** Milliseconds since the start. */
  get elapsed(): number {
    return this.#connections[0]?.session.elapsed ?? 0
  }

  /** The session, if the rung is ready. */
  get session(): Session | undefined {
    return this.#secured?.session
  }

  /** The error of the rung: that of the address in the latest stage. */
  get error(): SessionFailed | undefined {
    const failed = this.#connections.filter(({ state }) => state === 'failed')
    return failed.toSorted((a, b) => b.session.stages.length - a.session.stages.length)[0]?.error
  }

  /** Settles when every connection has ended or is ready. */
  async atRest(): Promise<void> {
    await Promise.all(this.#connections.map(({ atRest }) => atRest))
  }

  /** Destroys the connections in progress. A session that was given to a caller, and failed ones, stay as they are. */
  stop(): void {
    clearTimeout(this.#timer)
    if (this.isHandedOut || this.state === 'failed') return
    this.#isStopped = true
    for (const connection of this.#connections) stopConnection(connection)
  }

  /** Gives the session to a caller. The signal and the deadline of the opening no longer affect it. */
  handOut(): Session {
    const session = this.#secured!.session
    this.isHandedOut = true
    session.detach()
    return session
  }

  /**
   * The records of all attempted addresses.
   *
   * @param outcome the outcome of the rung
   * @param reason the failure of those still in progress
   */
  attempts(outcome: AttemptOutcome, reason: unknown = SUPERSEDED): Attempt[] {
    const rank = this.#secured ? this.#connections.indexOf(this.#secured) : Infinity
    return this.#connections.map((connection, index) => {
      if (connection.state === 'failed') return this.#record(connection, 'failed', reason)
      if (index === rank || rank === Infinity) return this.#record(connection, outcome, reason)
      return this.#record(connection, index < rank ? 'superseded' : 'cancelled', reason)
    })
  }

  #startConnection(): void {
    const index = this.#connections.length
    const session = new Session(this.endpoint, { ...this.#options.session, resolve: this.#addresses.lookUp(index) })
    const connection: Connection = { session, index, state: 'greeting', atRest: Promise.resolve() }
    // The time of the DNS lookup does not count for the address.
    session.onStage = (stage) => {
      if (stage === 'connect') this.#armTimer(this.#options.addressDelay, false)
    }
    this.#connections.push(connection)
    connection.atRest = this.#drive(connection)
  }

  async #drive(connection: Connection): Promise<void> {
    const { session } = connection
    try {
      await session.greet()
      session.onStage = ignore
      if (this.#isUnderWay(connection)) {
        connection.state = 'securing'
        this.#listener.changed(this)
        await session.secure()
      }
      if (this.#isUnderWay(connection)) {
        this.#useOnly(connection)
        await this.#options.qualify?.(session)
      }
      // Stopped between two waits, so no wait has failed.
      if (!this.#isUnderWay(connection)) return session.destroy()
      connection.state = 'ready'
      this.#listener.changed(this)
    } catch (error) {
      if (error instanceof SessionFailed) return this.#fail(connection, error)
      session.destroy()
      this.#listener.broken(error)
    }
  }

  #isUnderWay({ state }: Connection): boolean {
    return state === 'greeting' || state === 'securing'
  }

  #useOnly(connection: Connection): void {
    clearTimeout(this.#timer)
    this.#secured = connection
    this.#addresses.worked(connection.index)
    for (const other of this.#connections) if (other !== connection) stopConnection(other)
  }

  #fail(connection: Connection, error: SessionFailed): void {
    connection.error = error
    if (!this.#isUnderWay(connection)) return
    connection.state = 'failed'
    this.#listener.failed?.(() => this.#record(connection, 'failed', SUPERSEDED))
    connection.session.onStage = ignore
    if (!this.#secured && !this.#options.session.signal.aborted) {
      this.#addresses.failed(connection.index)
      if (this.#hasMoreAddresses) this.#startConnection()
    }
    if (this.state === 'failed') clearTimeout(this.#timer)
    this.#listener.changed(this)
  }

  #record({ session, error, index }: Connection, outcome: AttemptOutcome, reason: unknown): Attempt {
    const hasFailure = outcome === 'failed' || outcome === 'superseded'
    const failure = hasFailure ? (error?.failure ?? session.pendingFailure(reason)) : undefined
    return attemptOf(session, outcome, failure, session.address ?? this.#addresses.at(index)?.address)
  }

  get #hasMoreAddresses(): boolean {
    return this.#connections.length < this.#addresses.length
  }

  #armTimer(ms: number, isGrace: boolean): void {
    clearTimeout(this.#timer)
    if (!this.#hasMoreAddresses || this.#isStopped || this.#secured) return
    this.#timer = setTimeout(() => {
      if (!isGrace && this.state === 'securing') this.#armTimer(this.#options.addressGrace, true)
      else if (this.#hasMoreAddresses && !this.#options.session.signal.aborted) this.#startConnection()
    }, timerMs(ms))
    if (this.#options.session.background) this.#timer.unref()
  }
}

function stopConnection(connection: Connection): void {
  if (connection.state === 'failed') return
  connection.state = 'stopped'
  connection.session.abort(SUPERSEDED)
}

/** Opens a single rung. @returns the attempt, which is ready or has failed */
export async function openRung(endpoint: Endpoint, options: RungOptions): Promise<RungAttempt> {
  return await new Promise((resolve, reject) => {
    const changed = (rung: RungAttempt) => {
      if (rung.state === 'ready' || rung.state === 'failed') resolve(rung)
    }
    const broken = (error: unknown) => {
      rung.stop()
      reject(error)
    }
    const rung = new RungAttempt(endpoint, options, { changed, broken })
    rung.start()
  })
}
