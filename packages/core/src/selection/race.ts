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
  /** How long a rung is tried alone before the next one starts. @default 250 */
  readonly attemptDelay: number
  /** How long a better rung may take, from its start, once a lower one has greeted. @default 1500 */
  readonly preferenceGrace: number
}

/**
 * 250 ms is the connection attempt delay of RFC 8305 §5. A lost SYN is sent again after 1 s (RFC 6298 §2.1): the grace
 * lets it arrive, so that one lost packet does not push traffic off 587.
 */
export const defaultTiming: RaceTiming = { attemptDelay: 250, preferenceGrace: 1_500 }

/** A race whose first endpoint is known to have worked before. */
export interface RacePace extends RaceTiming {
  /** How long that one is tried alone. @default attemptDelay */
  readonly headStart?: number | undefined
}

/** How the sessions of a race are opened, and callbacks for what happens meanwhile. */
export interface RaceOptions {
  readonly session: SessionOptions
  /** What a session under TLS must pass to qualify. Runs for several sessions at once, so it must not log in. */
  readonly qualify?: ((session: Session) => Promise<void>) | undefined
  readonly addressOrder?: AddressOrder | undefined
  /** Called for each rung that starts, in an immediate of its own. */
  readonly onStart?: ((endpoint: Endpoint) => void) | undefined
  /** Called for each attempt that has failed, in an immediate of its own. */
  readonly onAttempt?: ((attempt: Attempt) => void) | undefined
}

/** How a race was decided. */
export interface RaceResult {
  /** The best rung that qualified, if one did. */
  readonly winner: RungAttempt | undefined
  readonly attempts: readonly Attempt[]
  /** The rungs that have failed, with all their addresses. */
  readonly failed: readonly Endpoint[]
}

/** Node's own, also where a test has replaced the timers: the end of a race waits for it. */
const nextImmediate = setImmediate

/**
 * Finds the best endpoint that works. Each rung connects, waits for the greeting and goes on to TLS; the next one starts
 * when the one before is slow to greet, or fails. The best one that qualifies wins once no better one is under way, or the
 * grace is over: so a greeting is not the end, and a rung without STARTTLS has lost after all.
 */
export class Race {
  /** The first rung that qualified, although a better one may be under way; undefined when none did. */
  readonly first: Promise<RungAttempt | undefined>
  /** The result, after all that lost has come to rest and the callbacks have run. Rejects with what is not the network's doing. */
  readonly decision: Promise<RaceResult>
  readonly #endpoints: readonly Endpoint[]
  readonly #pace: RacePace
  readonly #options: RaceOptions
  readonly #rungs: RungAttempt[] = []
  #startTimer: NodeJS.Timeout | undefined
  #graceTimer: NodeJS.Timeout | undefined
  #isGraceOver = false
  /** Whether the next rung waits because one has greeted. */
  #isStartPutOff = false
  #isDecided = false
  /** Settles after the last callback that was scheduled: immediates run in the order in which they were created. */
  #notified: Promise<void> | undefined
  #resolveFirst: (rung: RungAttempt | undefined) => void = ignore
  #decide: (winner: RungAttempt | undefined) => void = ignore
  #break: (error: unknown) => void = ignore

  /** @param endpoints best first */
  constructor(endpoints: readonly Endpoint[], pace: RacePace, options: RaceOptions) {
    this.#endpoints = endpoints
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

  /** Whether the result is known, though what lost may not have come to rest. */
  get isDecided(): boolean {
    return this.#isDecided
  }

  /**
   * The records of all attempts as they stand, in the order in which they began.
   *
   * @param used the rung that is used; one that was handed out counts as used, too
   * @param reason why those end that are still under way
   */
  attempts(used: RungAttempt | undefined, reason: unknown = SUPERSEDED): Attempt[] {
    const rank = used ? this.#rungs.indexOf(used) : Infinity
    const records = this.#rungs.flatMap((rung, index) => {
      if (index === rank || rung.isHandedOut) return rung.attempts('used')
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
      // Also after a fault that is not the network's: nothing may go on then.
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

  /** Called after every change: does what is due. */
  #evaluate(): void {
    if (this.#isDecided) return
    const ready = this.#rungs.findIndex(({ state }) => state === 'ready')
    if (ready !== -1) {
      const rung = this.#rungs[ready]!
      if (this.#isGraceOver || !this.#underWayBefore(ready)) this.#settle(rung)
      this.#resolveFirst(rung)
      if (this.#isDecided) return
    }
    // The lowest one: a better one may have greeted too, and hang on its way through TLS.
    const greeted = this.#rungs.findLastIndex(hasGreeted)
    if (greeted !== -1) {
      const better = this.#underWayBefore(greeted)
      if (better) this.#armGrace(better)
    } else if (this.#rungs.at(-1)?.state !== 'greeting') {
      if (this.#canStart) this.#startNext()
      else if (!this.#underWayBefore(this.#rungs.length)) this.#settle(undefined)
    }
  }

  #settle(winner: RungAttempt | undefined): void {
    this.#isDecided = true
    this.#decide(winner)
  }

  get #canStart(): boolean {
    // The first one starts even when the signal is aborted already: its failure says so.
    const isAborted = this.#options.session.signal.aborted && this.#rungs.length > 0
    return this.#rungs.length < this.#endpoints.length && !isAborted
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
    // An address that had greeted has failed, and another one is tried: it gets the time that a rung has.
    if (rung.state === 'greeting' && this.#isStartPutOff && !this.#isDecided) this.#armStart(this.#pace.attemptDelay, false)
    this.#evaluate()
  }

  /** In an immediate of its own, so that the next attempt starts first and an exception of a listener does not end the race. */
  #notify(call: () => void): void {
    this.#notified = new Promise((resolve) => {
      nextImmediate(() => {
        resolve()
        call()
      })
    })
  }

  /** The next rung starts if none has greeted by then; one that has greeted is given the grace to get through TLS. */
  #armStart(ms: number, isGrace: boolean): void {
    clearTimeout(this.#startTimer)
    this.#isStartPutOff = isGrace
    this.#startTimer = setTimeout(() => {
      if (!isGrace && this.#rungs.some(hasGreeted)) this.#armStart(this.#pace.preferenceGrace, true)
      else if (this.#canStart) this.#startNext()
    }, timerMs(ms))
  }

  /** Counted from the start of the better rung, as its SYN is sent again 1 s after that: time that has passed is not given again. */
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
