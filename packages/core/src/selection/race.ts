import { timerMs } from '../clock.ts'
import type { Endpoint } from '../endpoint.ts'
import { SUPERSEDED } from '../smtp/bounded.ts'
import { ignore } from '../smtp/error-guard.ts'
import type { Session } from '../smtp/session.ts'
import type { SessionOptions } from '../smtp/session-options.ts'
import type { AddressOrder } from './address-order.ts'
import type { Attempt } from './attempt.ts'
import { RungAttempt, type RungOptions } from './rung-attempt.ts'

/** The timing of a race, in milliseconds. */
export interface RaceTiming {
  /** How long a rung is tried before the next one starts. @default 250 */
  readonly attemptDelay: number
  /** How long a better rung may take from its start, once a lower one has greeted. @default 1500 */
  readonly preferenceGrace: number
}

/**
 * 250 ms is the connection attempt delay of RFC 8305 §5. A lost SYN is retransmitted after 1 s (RFC 6298 §2.1). The grace is
 * longer, so that one lost packet does not move traffic away from 587.
 */
export const defaultTiming: RaceTiming = { attemptDelay: 250, preferenceGrace: 1_500 }

/** The pace of a race whose first endpoint has worked before. */
export interface RacePace extends RaceTiming {
  /** How long the first endpoint is tried alone. @default attemptDelay */
  readonly headStart?: number | undefined
}

/** Options and callbacks of a race. */
export interface RaceOptions {
  readonly session: SessionOptions
  /** The test that a session must pass after TLS. It may run for several sessions at once, so it must not log in. */
  readonly qualify?: ((session: Session) => Promise<void>) | undefined
  readonly addressOrder?: AddressOrder | undefined
  /** Called for each rung that starts, in a separate `setImmediate`. */
  readonly onStart?: ((endpoint: Endpoint) => void) | undefined
  /** Called for each failed attempt, in a separate `setImmediate`. */
  readonly onAttempt?: ((attempt: Attempt) => void) | undefined
}

/** The result of a race. */
export interface RaceResult {
  /** The best rung that qualified, if any. */
  readonly winner: RungAttempt | undefined
  readonly attempts: readonly Attempt[]
  /** The rungs that failed at all of their addresses. */
  readonly failed: readonly Endpoint[]
}

/** Node's `setImmediate`, even if a test has replaced the timers. The end of a race waits for it. */
const nextImmediate = setImmediate

/**
 * Finds the best endpoint that works. Each rung connects, waits for the greeting and continues with TLS. The next one starts
 * when the previous one fails or is slow to greet. The best qualified rung wins as soon as no better one is in progress, or
 * when the grace is over. A rung that greets but does not offer STARTTLS fails.
 */
export class Race {
  /** The first rung that qualified, although a better one may still be in progress; undefined if none did. */
  readonly first: Promise<RungAttempt | undefined>
  /** The result, after the losing sessions have ended and all callbacks have run. Rejects if a callback or the caller's `dial` throws. */
  readonly decision: Promise<RaceResult>
  readonly #endpoints: readonly Endpoint[]
  readonly #pace: RacePace
  readonly #options: RaceOptions
  readonly #rungs: RungAttempt[] = []
  /** How many of the endpoints may be used: none below one that limits its clients, as a limit holds for all ports of a server. */
  #usable: number
  #startTimer: NodeJS.Timeout | undefined
  #graceTimer: NodeJS.Timeout | undefined
  #isGraceOver = false
  /** Whether the next rung is held back because one has greeted. */
  #isStartPutOff = false
  #isDecided = false
  /** Settles after the last scheduled callback; immediates run in order. */
  #notified: Promise<void> | undefined
  #resolveFirst: (rung: RungAttempt | undefined) => void = ignore
  #decide: (winner: RungAttempt | undefined) => void = ignore
  #break: (error: unknown) => void = ignore

  /** @param endpoints best first */
  constructor(endpoints: readonly Endpoint[], pace: RacePace, options: RaceOptions) {
    this.#endpoints = endpoints
    this.#usable = endpoints.length
    this.#pace = pace
    this.#options = options
    const first = new Promise<RungAttempt | undefined>((resolve) => (this.#resolveFirst = resolve))
    const winner = new Promise<RungAttempt | undefined>((resolve, reject) => {
      this.#decide = resolve
      this.#break = reject
    })
    this.decision = this.#end(winner)
    this.first = Promise.race([first, this.decision.then(() => undefined)])
    this.first.catch(ignore)
  }

  start(): this {
    this.#evaluate()
    return this
  }

  /** Whether the result is known, although losing sessions may not have ended yet. */
  get isDecided(): boolean {
    return this.#isDecided
  }

  /**
   * The records of all attempts in their current state, in the order in which they started.
   *
   * @param used the rung in use; a session that was given to a caller counts as used as well
   * @param reason the failure of those still in progress
   */
  attempts(used: RungAttempt | undefined, reason: unknown = SUPERSEDED): Attempt[] {
    const rank = used ? this.#rungs.indexOf(used) : Infinity
    const records = this.#rungs.flatMap((rung, index) => {
      if (index === rank || rung.isHandedOut) return rung.attempts('used')
      if (index >= this.#usable) return rung.attempts('cancelled', reason)
      if (rung.state === 'failed' || !used) return rung.attempts('failed', reason)
      return rung.attempts(index < rank ? 'superseded' : 'cancelled', reason)
    })
    return records.toSorted((a, b) => a.startedAt.getTime() - b.startedAt.getTime())
  }

  async #end(decided: Promise<RungAttempt | undefined>): Promise<RaceResult> {
    let winner: RungAttempt | undefined
    try {
      winner = await decided
    } finally {
      // Also after an exception: nothing may continue.
      this.#isDecided = true
      clearTimeout(this.#startTimer)
      clearTimeout(this.#graceTimer)
      const losers = this.#rungs.filter((rung) => rung !== winner)
      for (const rung of losers) rung.stop()
      await Promise.all(losers.map((rung) => rung.atRest()))
      await this.#notified
    }
    const failed = this.#rungs.filter(({ state }) => state === 'failed').map(({ endpoint }) => endpoint)
    return { winner, attempts: this.attempts(winner), failed }
  }

  /** Called after every change: starts the next rung or ends the race. */
  #evaluate(): void {
    if (this.#isDecided) return
    this.#stopBelowLimit()
    const ready = this.#rungs.findIndex(({ state }) => state === 'ready')
    if (ready !== -1) {
      const rung = this.#rungs[ready]!
      if (this.#isGraceOver || !this.#underWayBefore(ready)) this.#settle(rung)
      this.#resolveFirst(rung)
      if (this.#isDecided) return
    }
    // The lowest rung that has greeted: a better one may have greeted as well, but hang during TLS.
    const greeted = this.#rungs.findLastIndex(hasGreeted)
    if (greeted !== -1) {
      const better = this.#underWayBefore(greeted)
      if (better) this.#armGrace(better)
    } else if (this.#rungs.at(-1)?.state !== 'greeting') {
      if (this.#canStart) this.#startNext()
      else if (!this.#underWayBefore(this.#rungs.length)) this.#settle(undefined)
    }
  }

  #stopBelowLimit(): void {
    const limited = this.#rungs.findIndex(({ state, error }) => state === 'failed' && error?.code === 'rate-limited')
    if (limited === -1 || limited >= this.#usable) return
    this.#usable = limited + 1
    for (const rung of this.#rungs.slice(this.#usable)) rung.stop()
  }

  #settle(winner: RungAttempt | undefined): void {
    this.#isDecided = true
    this.#decide(winner)
  }

  get #canStart(): boolean {
    // The first rung starts even if the signal is already aborted: its failure then reports the abort.
    const isAborted = this.#options.session.signal.aborted && this.#rungs.length > 0
    return this.#rungs.length < this.#usable && !isAborted
  }

  #startNext(): void {
    const endpoint = this.#endpoints[this.#rungs.length]!
    const { onStart, session } = this.#options
    if (onStart && !session.signal.aborted) this.#notify(() => onStart(endpoint))
    const rung = new RungAttempt(endpoint, this.#rungOptions, {
      changed: () => this.#onChange(rung),
      failed: (attempt) => this.#notify(() => this.#options.onAttempt?.(attempt())),
      broken: this.#break,
    })
    this.#rungs.push(rung)
    rung.start()
    const { attemptDelay, headStart = attemptDelay } = this.#pace
    this.#armStart(this.#rungs.length === 1 ? headStart : attemptDelay, false)
  }

  get #rungOptions(): RungOptions {
    const { session, qualify, addressOrder } = this.#options
    const { attemptDelay, preferenceGrace } = this.#pace
    return { session, qualify, addressOrder, addressDelay: attemptDelay, addressGrace: preferenceGrace }
  }

  #onChange(rung: RungAttempt): void {
    // An address that had greeted has failed. The next address gets the full delay.
    if (rung.state === 'greeting' && this.#isStartPutOff && !this.#isDecided) this.#armStart(this.#pace.attemptDelay, false)
    this.#evaluate()
  }

  /** Calls back in a separate immediate, so that the next attempt starts first and a throwing listener does not end the race. */
  #notify(call: () => void): void {
    this.#notified = new Promise((resolve) => {
      nextImmediate(() => {
        resolve()
        call()
      })
    })
  }

  /** Starts the next rung if none has greeted by then. A rung that has greeted gets the grace to complete TLS. */
  #armStart(ms: number, isGrace: boolean): void {
    clearTimeout(this.#startTimer)
    this.#isStartPutOff = isGrace
    this.#startTimer = setTimeout(() => {
      if (!isGrace && this.#rungs.some(hasGreeted)) this.#armStart(this.#pace.preferenceGrace, true)
      else if (this.#canStart) this.#startNext()
    }, timerMs(ms))
  }

  /** The grace is counted from the start of the better rung, because its SYN is retransmitted 1 s after that. */
  #armGrace({ elapsed }: RungAttempt): void {
    this.#graceTimer ??= setTimeout(
      () => {
        this.#isGraceOver = true
        this.#evaluate()
      },
      timerMs(this.#pace.preferenceGrace - elapsed),
    )
  }

  #underWayBefore(index: number): RungAttempt | undefined {
    return this.#rungs.slice(0, index).findLast(({ state }) => state === 'greeting' || state === 'securing')
  }
}

function hasGreeted({ state }: RungAttempt): boolean {
  return state === 'securing' || state === 'ready'
}
