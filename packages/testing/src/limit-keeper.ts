import { type Acts, type Refusal, refusal, reply } from './act.ts'
import { assertLimits, type Limits, type RateLimit, type TurnAwayStep } from './limits.ts'
import type { NominalPort } from './nominal-port.ts'

const tooMany = reply(421, '4.7.0 Too many connections')

/** What a connection too many meets, by the step at which it is turned away. */
const turnAway: Readonly<Record<TurnAwayStep, Acts>> = {
  greeting: { greeting: tooMany },
  EHLO: { EHLO: tooMany, HELO: tooMany },
  login: { login: tooMany },
}

/** Counts a provider's connections and messages, and says which of them are over its limits. */
export class LimitKeeper {
  /** How many connections and messages were over a limit so far. */
  readonly turnedAway = { connections: 0, messages: 0 }
  #limits: Limits = {}
  /** Connections within the limit, by session. */
  readonly #open = new Map<string, NominalPort>()
  /** When the last messages were taken, oldest first; no more than the rate allows. */
  #taken: number[] = []
  #refused = 0

  /** Replaces every limit. Open connections stay; the rate is counted anew. */
  set(limits: Limits): void {
    assertLimits(limits)
    this.#limits = limits
    this.#taken = []
    this.#refused = 0
  }

  /** Counts a fresh connection. Returns how it is turned away; nothing where it is within the limit. */
  enter(id: string, port: NominalPort): Acts {
    if (this.#isFull(port)) {
      this.turnedAway.connections += 1
      return turnAway[this.#limits.turnAwayAt ?? 'greeting']
    }
    this.#open.set(id, port)
    return {}
  }

  leave(id: string): void {
    this.#open.delete(id)
  }

  /** Counts a message at the step that the rate speaks of. Returns the refusal where it comes too fast. */
  objection(at: NonNullable<RateLimit['at']>): Refusal | undefined {
    const { rate } = this.#limits
    if (!rate || at !== (rate.at ?? 'MAIL') || this.#take(rate)) return undefined
    this.turnedAway.messages += 1
    const { reply = '451 4.7.1 Too fast' } = rate
    return refusal(Number(reply.slice(0, 3)), reply.slice(4))
  }

  #isFull(port: NominalPort): boolean {
    const { connections = Infinity } = this.#limits
    if (typeof connections === 'number') return this.#open.size >= connections
    const open = [...this.#open.values()].filter((other) => other === port).length
    return open >= (connections[port] ?? Infinity)
  }

  #take({ messages, window = Infinity, refusals = Infinity, now = performance.now.bind(performance) }: RateLimit): boolean {
    const at = now()
    this.#taken = this.#taken.filter((time) => at - time < window)
    if (this.#taken.length >= messages) {
      this.#refused += 1
      if (this.#refused <= refusals) return false
      this.#taken = []
    }
    this.#refused = 0
    this.#taken.push(at)
    return true
  }
}
