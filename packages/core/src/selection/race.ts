import type { Endpoint } from '../endpoint.ts'
import { SUPERSEDED } from '../smtp/bounded.ts'
import { Cancellation } from '../smtp/cancellation.ts'
import { Session, SessionFailed } from '../smtp/session.ts'
import type { SessionOptions } from '../smtp/session-options.ts'
import type { Attempt, AttemptOutcome } from './attempt.ts'

/** The timing of a race, in milliseconds. */
export interface RaceTiming {
  /** How long a rung has the field to itself before the next one starts. @default 250 */
  readonly attemptDelay: number
  /** How long a better rung may take, from its start, once a lower one has greeted. @default 1500 */
  readonly preferenceGrace: number
}

/**
 * 250 ms is the connection attempt delay of RFC 8305 §5. A lost SYN is sent again after 1 s (RFC 6298 §2.1): the grace
 * lets it arrive, so that one lost packet does not push traffic off 587.
 */
export const defaultTiming: RaceTiming = { attemptDelay: 250, preferenceGrace: 1_500 }

/** A race whose first runner is known: it has worked before. */
export interface RacePace extends RaceTiming {
  /** How long that one has the field to itself. @default attemptDelay */
  readonly headStart?: number | undefined
}

/** How the sessions of a race are made, and who hears of it while it goes on. */
export interface RaceOptions extends SessionOptions {
  /** Is told of each runner that starts, at the end of the turn in which it does. */
  readonly onStart?: ((endpoint: Endpoint) => void) | undefined
  /** Is told what has become of each runner, at the end of the turn in which that is known. */
  readonly tell?: ((attempt: Attempt) => void) | undefined
}

/** How a race ended: the winner's connection, under TLS, if anyone won, and what became of everyone. */
export interface RaceResult {
  readonly session: Session | undefined
  readonly attempts: readonly Attempt[]
}

/** Node's own, also in the tests of those who put another clock in the place of timers: the end of a race waits for it. */
const soon = setImmediate

type State = 'greeting' | 'securing' | 'ready' | 'failed' | 'stopped'

interface Runner {
  readonly session: Session
  readonly off: Cancellation
  state: State
  error?: SessionFailed
  /** Settles when the runner has come to rest, whatever brought it there. */
  atRest: Promise<void>
}

/**
 * Runs for the best endpoint that works. Each connects, waits for the greeting and goes on to TLS; the next one starts
 * when the one before is slow to greet, or fails. The best one under TLS wins once no better one is still under way,
 * or the grace is over: so a greeting is not the end, and a rung without STARTTLS has lost after all.
 *
 * @param endpoints best first
 * @throws what is not the network's doing
 */
export async function race(
  endpoints: readonly Endpoint[],
  timing: RacePace,
  options: RaceOptions,
): Promise<RaceResult> {
  const field = new Field(endpoints, timing, options)
  let winner: Runner | undefined
  try {
    winner = await field.run()
  } finally {
    // Also when something that is not the network's doing ended the race: nobody runs on.
    await field.stopLosers(winner)
    await field.told
  }
  return { session: winner?.session, attempts: field.attempts(winner) }
}

class Field {
  readonly #endpoints: readonly Endpoint[]
  readonly #timing: RacePace
  readonly #options: RaceOptions
  readonly #runners: Runner[] = []
  #startTimer: NodeJS.Timeout | undefined
  #graceTimer: NodeJS.Timeout | undefined
  #graceOver = false
  /** Whoever hears how it ended has heard everything before. The last one will do: turns end in the order in which they were asked for. */
  told: Promise<void> | undefined
  #decide: (winner: Runner | undefined) => void = () => {}
  #break: (error: unknown) => void = () => {}

  constructor(endpoints: readonly Endpoint[], timing: RacePace, options: RaceOptions) {
    this.#endpoints = endpoints
    this.#timing = timing
    this.#options = options
  }

  async run(): Promise<Runner | undefined> {
    try {
      return await new Promise((resolve, reject) => {
        this.#decide = resolve
        this.#break = reject
        this.#look()
      })
    } finally {
      clearTimeout(this.#startTimer)
      clearTimeout(this.#graceTimer)
    }
  }

  async stopLosers(winner: Runner | undefined): Promise<void> {
    const losers = this.#runners.filter((runner) => runner !== winner)
    for (const loser of losers) {
      if (loser.state === 'failed') continue
      loser.state = 'stopped'
      loser.off.abort(SUPERSEDED)
      loser.session.destroy()
    }
    await Promise.all(losers.map(({ atRest }) => atRest))
  }

  attempts(winner: Runner | undefined): Attempt[] {
    const rank = winner ? this.#runners.indexOf(winner) : Infinity
    return this.#runners.map(({ session, state, error }, index) =>
      attemptOf(session, index === rank ? 'used' : state === 'failed' ? 'failed' : index < rank ? 'overtaken' : 'not-needed', error),
    )
  }

  /** Looks at the whole field after anything has changed, and does what is due. */
  #look(): void {
    const ready = this.#runners.findIndex(({ state }) => state === 'ready')
    if (ready !== -1 && (this.#graceOver || !this.#underWayBefore(ready))) return this.#decide(this.#runners[ready])

    // The lowest one: a better one may have greeted too, and hang on its way through TLS.
    const greeted = this.#runners.findLastIndex(hasGreeted)
    if (greeted !== -1) {
      const better = this.#underWayBefore(greeted)
      if (better) this.#armGrace(better)
    } else if (this.#runners.at(-1)?.state !== 'greeting') {
      if (this.#canStart()) this.#startNext()
      else if (!this.#underWayBefore(this.#runners.length)) this.#decide(undefined)
    }
  }

  #canStart(): boolean {
    // The first one starts even when the work has been called off already, and says so as its failure.
    const calledOff = this.#options.signal.aborted && this.#runners.length > 0
    return this.#runners.length < this.#endpoints.length && !calledOff
  }

  #startNext(): void {
    const endpoint = this.#endpoints[this.#runners.length]!
    const { onStart, signal } = this.#options
    if (onStart && !signal.aborted) this.#tell(() => onStart(endpoint))
    const off = new Cancellation()
    const session = new Session(endpoint, { ...this.#options, signal: off })
    const runner: Runner = { session, off, state: 'greeting', atRest: Promise.resolve() }
    this.#runners.push(runner)
    runner.atRest = this.#drive(runner)
    const { attemptDelay, headStart = attemptDelay } = this.#timing
    this.#armStart(this.#runners.length === 1 ? headStart : attemptDelay, false)
  }

  async #drive(runner: Runner): Promise<void> {
    const { session, off } = runner
    // Not left at the end: what the winner goes on to say is held to the same signal, which lives as long as the work.
    off.follow(this.#options.signal)
    try {
      await session.greet()
      this.#advance(runner, 'securing')
      await session.secure()
      this.#advance(runner, 'ready')
    } catch (error) {
      if (!(error instanceof SessionFailed)) return this.#break(error)
      runner.error = error
      this.#advance(runner, 'failed')
    }
  }

  #advance(runner: Runner, state: State): void {
    if (runner.state === 'stopped') return
    runner.state = state
    if (state === 'failed') this.#tell(() => this.#options.tell?.(attemptOf(runner.session, state, runner.error)))
    this.#look()
  }

  /** When the next one is on its way; and in a turn of its own, so that a listener's fault does not end the race. */
  #tell(say: () => void): void {
    this.told = new Promise((resolve) => {
      soon(() => {
        resolve()
        say()
      })
    })
  }

  /** The next one starts if nobody has greeted by then; whoever has greeted is given the grace to get through TLS. */
  #armStart(ms: number, patient: boolean): void {
    clearTimeout(this.#startTimer)
    this.#startTimer = setTimeout(() => {
      if (!patient && this.#runners.some(hasGreeted)) this.#armStart(this.#timing.preferenceGrace, true)
      else if (this.#canStart()) this.#startNext()
    }, ms)
  }

  /** Counted from when the better one started, as its SYN is sent again 1 s after that: what it has had it need not get twice. */
  #armGrace({ session }: Runner): void {
    this.#graceTimer ??= setTimeout(() => {
      this.#graceOver = true
      this.#look()
    }, this.#timing.preferenceGrace - session.elapsed)
  }

  #underWayBefore(index: number): Runner | undefined {
    return this.#runners.slice(0, index).findLast(({ state }) => state === 'greeting' || state === 'securing')
  }
}

function hasGreeted({ state }: Runner): boolean {
  return state === 'securing' || state === 'ready'
}

/** The record of one session as it stands. */
export function attemptOf(session: Session, outcome: AttemptOutcome, error?: SessionFailed): Attempt {
  return {
    endpoint: session.endpoint,
    outcome,
    stage: session.stage,
    ...(error && outcome !== 'not-needed' && { failure: error.failure }),
    ...(session.address !== undefined && { address: session.address }),
    startedAt: session.startedAt,
    ms: session.elapsed,
    stages: [...session.stages],
  }
}
