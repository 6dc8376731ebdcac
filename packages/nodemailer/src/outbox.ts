import type { Endpoint, NoUsableEndpointError } from '@postern/core'
import type { MailMessage } from 'nodemailer'
import type { SendEnd } from './channels.ts'
import { Delivery, type DeliveryCallback, type Road } from './delivery.ts'
import { DeliveryError } from './delivery-error.ts'
import type { SendOutcome } from './metrics.ts'
import { Queue } from './queue.ts'

/** A message that was handed over and has no outcome yet. */
interface Letter {
  readonly mail: MailMessage
  readonly callback: DeliveryCallback
  readonly onEnd: ((ended: SendEnd) => void) | undefined
  /** Its way to the server, where that is prepared already. */
  delivery: Delivery | undefined
}

/** Who hears of the messages. */
export interface OutboxListener {
  /** One has its outcome. */
  readonly onSent: (endpoint: Endpoint | undefined, outcome: SendOutcome) => void
  /** Another one would not have to wait for a connection any more. */
  readonly onIdle: () => void
}

/** A pool's connections each have a message at work and one at hand. */
const PLACES_A_CONNECTION = 2

/**
 * Every message that has no outcome yet. Of a pool's messages those alone are begun that its connections are about to take:
 * thousands may wait, and one that waits here costs no more than in nodemailer's queue.
 */
export class Outbox {
  readonly #road: Road
  readonly #listener: OutboxListener
  readonly #places: number
  readonly #begun = new Set<Delivery>()
  readonly #waiting = new Queue<Letter>()
  /** Those that came while no endpoint was known: should none be found, that is their end, too. */
  readonly #hoping = new Queue<Letter>()
  #onSettled: (() => void)[] = []
  #isForced = false

  constructor(road: Road, listener: OutboxListener) {
    this.#road = road
    this.#listener = listener
    this.#places = road.pooled ? road.maxConnections * PLACES_A_CONNECTION : Infinity
  }

  /** How many there are. */
  get underWay(): number {
    return this.#begun.size + this.#waiting.length + this.#hoping.length
  }

  /** Whether another one could be taken without having to wait for a connection. */
  get isIdle(): boolean {
    return !this.#road.pooled || this.underWay < this.#road.maxConnections
  }

  add(mail: MailMessage, callback: DeliveryCallback, onEnd?: (ended: SendEnd) => void): void {
    const letter: Letter = { mail, callback, onEnd, delivery: undefined }
    if (this.#begun.size < this.#places) return this.#begin(letter)
    if (this.#road.selector.endpoint) {
      this.#hopeIsOver()
      this.#waiting.push(letter)
    } else this.#hoping.push(letter)
    // One that may be called off meanwhile is listened to from now on.
    if (mail.data.signal || this.#road.deadline !== undefined) this.#mind(letter)
  }

  /** No endpoint works. Those that came in the hope of one are told the same; the others try for themselves, in their turn. */
  noWay(error: NoUsableEndpointError): void {
    for (const letter of this.#hoping.drain()) this.#begin(letter, error)
  }

  /** Resolves when every message has its outcome. */
  async settled(): Promise<void> {
    if (this.underWay > 0) await new Promise<void>((resolve) => this.#onSettled.push(resolve))
  }

  /** Gives back what waits; with `force` also what is under way, and what comes later. */
  close(force: boolean): void {
    this.#isForced ||= force
    this.#hopeIsOver()
    for (const letter of this.#waiting.drain()) this.#begin(letter)
    if (force) for (const delivery of this.#begun) delivery.abort()
  }

  /** There is an endpoint: who hoped for one waits for a place like everybody. */
  #hopeIsOver(): void {
    if (this.#hoping.length === 0) return
    for (const letter of this.#hoping.drain()) this.#waiting.push(letter)
  }

  /** Whoever is called off while it waits has its turn at once, and comes to its end by itself. */
  #mind(letter: Letter): void {
    const { signal } = (letter.delivery = this.#deliveryOf(letter))
    const onAbort = () => {
      if (this.#waiting.remove(letter) || this.#hoping.remove(letter)) this.#begin(letter)
    }
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort)
  }

  #begin(letter: Letter, noWay?: NoUsableEndpointError): void {
    const delivery = letter.delivery ?? this.#deliveryOf(letter)
    this.#begun.add(delivery)
    if (this.#isForced) delivery.abort()
    delivery.start(noWay)
  }

  #deliveryOf({ mail, callback, onEnd }: Letter): Delivery {
    const delivery = new Delivery(mail, this.#road, (error, info) => {
      const { endpoint, attempts } = delivery
      const outcome: SendOutcome = !error ? 'accepted' : DeliveryError.isInstance(error) ? error.delivery : 'not-accepted'
      this.#end(delivery)
      this.#listener.onSent(endpoint, outcome)
      onEnd?.({ outcome, attempts, ...(endpoint && { endpoint }), ...(error && { error }) })
      callback(error, info)
    })
    return delivery
  }

  #end(delivery: Delivery): void {
    const wasIdle = this.isIdle
    this.#begun.delete(delivery)
    if (this.#begun.size < this.#places) {
      if (this.#road.selector.endpoint) this.#hopeIsOver()
      const next = this.#waiting.shift() ?? this.#hoping.shift()
      if (next) this.#begin(next)
    }
    if (!wasIdle && this.isIdle) this.#listener.onIdle()
    if (this.underWay > 0) return
    const told = this.#onSettled
    this.#onSettled = []
    for (const resolve of told) resolve()
  }
}
