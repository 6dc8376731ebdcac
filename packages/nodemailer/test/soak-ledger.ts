import type { Provider } from '@postern/testing'
import { setTimeout as pause } from 'node:timers/promises'
import { DeliveryError, type Transporter } from '../src/index.ts'
import { copiesAfter, type Outcome } from './outcome.ts'

/** A message of a soak. Its subject identifies it. */
export type SoakMessage = Parameters<Transporter['sendMail']>[0] & { readonly subject: string }

/** One entry of the ledger. Times are from `performance.now`. */
export interface Entry {
  readonly subject: string
  readonly sentAt: number
  endedAt: number
  /** `pending` until the send has settled; `odd` if it rejected with anything but a `DeliveryError`. */
  outcome: Outcome | 'pending' | 'odd'
  error: unknown
}

/** Returns what is wrong with an entry that was not accepted; `undefined` if the rule allows it. */
export type Rule = (entry: Entry) => string | undefined

/** Allows no failure: every message must be accepted. */
export const mustBeAccepted: Rule = ({ outcome, error }) => `${outcome} with ${codeOf(error)}, though it could have been sent`

/** Records every message, the outcome of its send, and what is wrong with it. */
export class Ledger {
  readonly entries: Entry[] = []
  /** Violated rules by kind, each with examples. */
  readonly #broken = new Map<string, string[]>()
  readonly #rules = new Map<Entry, Rule>()
  #pending = 0
  #settled = 0
  readonly #waits = new Set<() => void>()

  /** Records a violated rule. Records of the same kind become one line of the audit. */
  note(kind: string, example?: string): void {
    const examples = this.#broken.get(kind) ?? []
    this.#broken.set(kind, examples)
    examples.push(example ?? '')
  }

  /** Sends a message and records the outcome. Never rejects. */
  async send(mailer: Transporter, message: SoakMessage, rule: Rule = mustBeAccepted): Promise<Entry> {
    const entry: Entry = { subject: message.subject, sentAt: performance.now(), endedAt: NaN, outcome: 'pending', error: undefined }
    this.entries.push(entry)
    this.#rules.set(entry, rule)
    this.#pending += 1
    try {
      await mailer.sendMail(message)
      entry.outcome = 'accepted'
    } catch (error) {
      entry.error = error
      entry.outcome = DeliveryError.isInstance(error) ? error.delivery : 'odd'
    }
    entry.endedAt = performance.now()
    this.#pending -= 1
    this.#settled += 1
    for (const check of this.#waits) check()
    return entry
  }

  /** Sends every message, `atOnce` of them concurrently; by default all. */
  async sendAll(mailer: Transporter, messages: Iterable<SoakMessage>, { atOnce, rule }: SendAllOptions = {}): Promise<void> {
    if (atOnce === undefined) {
      await Promise.all([...messages].map((message) => this.send(mailer, message, rule)))
      return
    }
    const left = messages[Symbol.iterator]()
    const work = async () => {
      for (let next = left.next(); !next.done; next = left.next()) await this.send(mailer, next.value, rule)
    }
    await Promise.all(Array.from({ length: atOnce }, work))
  }

  /** Resolves once `count` more messages have an outcome, or none is pending. */
  async afterSettled(count: number): Promise<void> {
    const enough = this.#settled + count
    await this.#until(() => this.#settled >= enough || this.#pending === 0)
  }

  /** Waits until no message is pending, for `within` milliseconds at most. Returns the number of pending messages. */
  async settle(within: number): Promise<number> {
    const off = new AbortController()
    const timeout = pause(within, undefined, { signal: off.signal }).catch(() => {})
    await Promise.race([this.#until(() => this.#pending === 0), timeout])
    off.abort()
    return this.#pending
  }

  count(outcome: Entry['outcome']): number {
    return this.entries.filter((entry) => entry.outcome === outcome).length
  }

  /** Compares the outcomes with the mailbox. Returns one line for each kind of violation. */
  audit({ messages, auth }: Pick<Provider, 'messages' | 'auth'>): string[] {
    const copies = new Map<string, number>()
    for (const { subject, secure, user } of messages) {
      copies.set(subject, (copies.get(subject) ?? 0) + 1)
      if (!secure || user !== auth.user) this.note('came in the clear or without a login', subject)
    }
    for (const entry of this.entries) {
      const { subject, outcome, error } = entry
      const there = copies.get(subject) ?? 0
      copies.delete(subject)
      if (outcome === 'pending') this.note('never settled', subject)
      else if (outcome === 'odd') this.note(`rejected with ${String(error)}`, subject)
      else if (!copiesAfter[outcome].includes(there)) this.note(`${outcome}, and in the mailbox ${there} times`, subject)
      if (outcome === 'accepted' || outcome === 'pending' || outcome === 'odd') continue
      const wrong = this.#rules.get(entry)!(entry)
      if (wrong !== undefined) this.note(wrong, `${subject}: ${storyOf(entry)}`)
    }
    for (const subject of copies.keys()) this.note('in the mailbox, and was never sent', subject)
    return [...this.#broken].map(([kind, examples]) => {
      const times = examples.length > 1 ? `${examples.length} × ` : ''
      return `${times}${kind}${examples[0] && `; ${examples[0]}`}`
    })
  }

  async #until(isDone: () => boolean): Promise<void> {
    if (isDone()) return
    await new Promise<void>((resolve) => {
      const check = () => {
        if (!isDone()) return
        this.#waits.delete(check)
        resolve()
      }
      this.#waits.add(check)
    })
  }
}

interface SendAllOptions {
  readonly atOnce?: number | undefined
  readonly rule?: Rule | undefined
}

export function codeOf(error: unknown): string {
  if (DeliveryError.isInstance(error)) return `${error.code} at ${error.stage}`
  return String((error as { readonly code?: unknown } | undefined)?.code ?? error)
}

/** How long the send took, and its last attempts. */
function storyOf({ sentAt, endedAt, error }: Entry): string {
  const attempts = DeliveryError.isInstance(error) ? error.attempts : []
  const tried = attempts.slice(-4).map(({ endpoint, failure }) => `${endpoint.port} ${failure?.code ?? 'no failure'}`)
  return `after ${Math.round(endedAt - sentAt)} ms, ${attempts.length} attempts${tried.length > 0 ? `, at last ${tried.join(', ')}` : ''}`
}
