import { type Attempt, type Endpoint, type EndpointSelector, type Locale, NoUsableEndpointError, type OpenConnection } from '@postern/core'
import type { MailMessage, SMTPSentMessageInfo } from 'nodemailer'
import { BodyWatch } from './body-watch.ts'
import { DeliveryError } from './delivery-error.ts'
import { type Lane, LaneLeft } from './lane.ts'
import type { Lanes } from './lanes.ts'
import { attemptOf, closedError, exhausted, garbled, isAcceptance, ownLogin, responseOf, wasDropped, withoutSecrets } from './outcome.ts'
import type { Secrets } from './secrets.ts'
import { SendDeadline } from './send-deadline.ts'
import { isLoginLost, verdictOn } from './verdict.ts'

/** What a message needs on its way. */
export interface Road {
  readonly selector: EndpointSelector
  readonly lanes: Lanes
  readonly pooled: boolean
  /** How many connections a pool may have. */
  readonly maxConnections: number
  readonly deadline: number | undefined
  readonly locale: Locale
  readonly secrets: Secrets
  readonly closed: () => boolean
  /** Is told that a message found no endpoint that works. */
  readonly onExhausted: (error: NoUsableEndpointError) => void
}

/** Is told once what became of a message. The error is a `DeliveryError`, unless something is wrong with Postern itself. */
export type DeliveryCallback = (error: Error | null, info?: SMTPSentMessageInfo) => void

/**
 * One message on its way to the server: over the best endpoint, and over the next one as long as the server cannot have
 * it. While it waits in nodemailer's queue no promise waits with it, as thousands may.
 */
export class Delivery {
  /** Every try that failed. */
  readonly attempts: Attempt[] = []
  /** Endpoints that have failed this message. */
  readonly avoid: Endpoint[] = []
  readonly signal: AbortSignal
  readonly #mail: MailMessage
  readonly #road: Road
  readonly #done: DeliveryCallback
  readonly #deadline: SendDeadline
  readonly #body: BodyWatch
  readonly #forgetLogin: (() => void) | undefined
  /** How many connections of the pool turned out to be dropped when they were to take this message. */
  #dropped = 0
  /** Whether a login was sent once already, and got no answer. */
  #loginLost = false

  constructor(mail: MailMessage, road: Road, done: DeliveryCallback) {
    this.#mail = mail
    this.#road = road
    this.#done = done
    this.#deadline = new SendDeadline(road.deadline, mail.data.signal)
    this.#body = new BodyWatch(mail, this.#deadline)
    this.signal = this.#deadline.signal
    // nodemailer ends a connection when the signal of its message is aborted; so the deadline reaches it, too.
    mail.data.signal = this.signal
    const login = ownLogin(mail)
    this.#forgetLogin = login && road.secrets.add(login)
  }

  /** Sends the message. To be called once. */
  start(): void {
    // In a pool the work begins when a connection takes the message: the queue is not the server's fault.
    if (!this.#road.pooled) this.#deadline.works()
    void this.#tryNext()
  }

  async #tryNext(): Promise<void> {
    try {
      if (this.#road.pooled) this.#deadline.waits()
      const lane = await this.#lane()
      const startedAt = new Date()
      let isOver = false
      lane.send(this.#mail, (error, info) => {
        if (isOver) return
        isOver = true
        this.#settle(lane, startedAt, error, info)
      })
    } catch (error) {
      this.#end(error as Error)
    }
  }

  async #lane(): Promise<Lane> {
    const { avoid, signal } = this
    const { selector, lanes, pooled, closed } = this.#road
    // nodemailer's pool takes nothing more once it is closed; its plain transport does not mind.
    if (pooled && closed()) throw closedError(this, this.#road)
    try {
      if (pooled) {
        const { endpoint, connection } = await selector.choose({ signal, avoid })
        if (!connection) return lanes.to(endpoint)
        return this.#take(connection)
      }
      return this.#take(await selector.connect({ signal, avoid }))
    } catch (error) {
      throw NoUsableEndpointError.isInstance(error) ? exhausted(error, this, this.#road) : error
    }
  }

  #take(connection: OpenConnection): Lane {
    this.attempts.push(...connection.attempts.filter(({ outcome }) => outcome !== 'used'))
    const lane = this.#road.lanes.to(connection.endpoint)
    lane.offer(connection)
    return lane
  }

  #settle(lane: Lane, startedAt: Date, error: Error | null, sent: SMTPSentMessageInfo | undefined): void {
    let info: SMTPSentMessageInfo | undefined
    try {
      info = sent && isAcceptance(sent.response) ? this.#accept(lane, sent) : this.#fail(lane, startedAt, error ?? garbled(sent!.response))
    } catch (error) {
      return this.#end(error as Error)
    }
    if (info) this.#end(null, info)
    else void this.#tryNext()
  }

  #accept({ endpoint }: Lane, info: SMTPSentMessageInfo): SMTPSentMessageInfo {
    const { selector, secrets } = this.#road
    selector.reportDelivery(endpoint)
    return withoutSecrets(info, secrets)
  }

  /**
   * @returns nothing, as another try is due
   * @throws DeliveryError if none is
   */
  #fail({ endpoint, refusal }: Lane, startedAt: Date, error: Error): undefined {
    const { closed, selector, maxConnections, locale } = this.#road
    if (error instanceof LaneLeft) {
      if (!closed()) return
      throw closedError(this, this.#road)
    }
    if (NoUsableEndpointError.isInstance(error)) throw exhausted(error, this, this.#road)
    const dropped = wasDropped(error)
    // Where the pool lost the answer to the login, the lane has kept it.
    const cause = dropped && refusal ? { failure: refusal } : error
    const verdict = verdictOn(cause, { endpoint, body: this.#body, signal: this.signal, locale })
    this.attempts.push(attemptOf(endpoint, startedAt, verdict.failure))

    // A server drops pooled connections as it likes. Each is used up by that, until a new one to the same endpoint is due.
    const isCurable = dropped && this.#dropped < maxConnections
    if (verdict.endpointFailed && !isCurable) {
      selector.reportFailure(endpoint, verdict.failure)
      this.avoid.push(endpoint)
    }
    const loginLost = isLoginLost(verdict.failure)
    if (!verdict.next || (loginLost && this.#loginLost)) {
      throw new DeliveryError({ ...verdict, attempts: this.attempts, response: responseOf(error, this.#road.secrets) })
    }
    if (dropped) this.#dropped += 1
    this.#loginLost ||= loginLost
  }

  #end(error: Error | null, info?: SMTPSentMessageInfo): void {
    this.#forgetLogin?.()
    this.#deadline.end()
    this.#done(error, info)
  }
}
