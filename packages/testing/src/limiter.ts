import { reply } from './handlers.ts'
import { assertLimits, type Limits, type RateLimit, type RefuseStep } from './limits.ts'
import type { NominalPort } from './nominal-port.ts'
import { type Refusal, refusal, type StepHandlers } from './step-handler.ts'

const tooMany = reply(421, '4.7.0 Too many connections')

const refuseHandlers: Readonly<Record<RefuseStep, StepHandlers>> = {
  greeting: { greeting: tooMany },
  EHLO: { EHLO: tooMany, HELO: tooMany },
  login: { login: tooMany },
}

/** Counts a provider's connections and messages, and refuses those over its limits. */
export class Limiter {
  /** How many connections and messages were over a limit so far. */
  readonly overLimit = { connections: 0, messages: 0 }
  #limits: Limits = {}
  /** Connections within the limit, by session id. */
  readonly #open = new Map<string, NominalPort>()
  /** When the last messages were accepted, oldest first; at most as many as the rate allows. */
  #accepted: number[] = []
  #refused = 0

  /** Replaces every limit. Open connections stay; the rate starts from zero. */
  set(limits: Limits): void {
    assertLimits(limits)
    this.#limits = limits
    this.#accepted = []
    this.#refused = 0
  }

  /** Counts a new connection. Returns the handlers that refuse it, or none if it is within the limit. */
  addConnection(id: string, port: NominalPort): StepHandlers {
    if (this.#isFull(port)) {
      this.overLimit.connections += 1
      return refuseHandlers[this.#limits.refuseAt ?? 'greeting']
    }
    this.#open.set(id, port)
    return {}
  }

  removeConnection(id: string): void {
    this.#open.delete(id)
  }

  /** Counts a message, if the rate applies at this step. Returns a refusal if it is over the rate. */
  checkRate(at: NonNullable<RateLimit['at']>): Refusal | undefined {
    const { rate } = this.#limits
    if (!rate || at !== (rate.at ?? 'MAIL') || this.#accept(rate)) return undefined
    this.overLimit.messages += 1
    const { reply = '451 4.7.1 Too fast' } = rate
    return refusal(Number(reply.slice(0, 3)), reply.slice(4))
  }

  #isFull(port: NominalPort): boolean {
    const { connections = Infinity } = this.#limits
    if (typeof connections === 'number') return this.#open.size >= connections
    const open = [...this.#open.values()].filter((other) => other === port).length
    return open >= (connections[port] ?? Infinity)
  }

  #accept({ messages, window = Infinity, refusals = Infinity, now = performance.now.bind(performance) }: RateLimit): boolean {
    const time = now()
    this.#accepted = this.#accepted.filter((earlier) => time - earlier < window)
    if (this.#accepted.length >= messages) {
      this.#refused += 1
      if (this.#refused <= refusals) return false
      this.#accepted = []
    }
    this.#refused = 0
    this.#accepted.push(time)
    return true
  }
}
