import { type Attempt, type Endpoint, type EndpointSelector, type Locale, NoUsableEndpointError, type OpenConnection } from '@postern/core'
import type { MailMessage, SMTPSentMessageInfo } from 'nodemailer'
import { BodyWatch } from './body-watch.ts'
import { DeliveryError } from './delivery-error.ts'
import { type Lane, LaneLeft } from './lane.ts'
import type { Lanes } from './lanes.ts'
import { attemptOf, calledOff, exhausted, garbled, isAcceptance, knownDown, responseOf, wasDropped, withoutSecrets } from './outcome.ts'
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
  /** Is told of a try that failed with the message. */
  readonly onAttempt: (attempt: Attempt) => void
  /** Is told that a message found no endpoint that works. */
  readonly onExhausted: (error: NoUsableEndpointError) => void
}

/** Is told once what became of a message. The error is a `DeliveryError`, unless something is wrong with Postern itself. */
export type DeliveryCallback = (error: Error | null, info?: SMTPSentMessageInfo) => void

/**
 * One message on its way to the server: over the best endpoint, and over the next one as long as the server cannot have
 * it.
 */
export class Delivery {
  /** Every try that failed. */
  readonly attempts: Attempt[] = []
  /** Endpoints that have failed this message. */
  readonly avoid: Endpoint[] = []
  /** Where the message was last given to, if any endpoint could be used. */
  endpoint: Endpoint | undefined
  readonly signal: AbortSignal
  readonly #mail: MailMessage
  readonly #road: Road
  readonly #done: DeliveryCallback
  readonly #deadline: SendDeadline
  readonly #body: BodyWatch
  #forgetSecrets: (() => void) | undefined
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
    const { auth } = mail.data
    if (auth) this.#forgetSecrets = road.secrets.add(auth.pass, auth.accessToken, auth.refreshToken)
  }

  /**
   * Sends the message. To be called once.
   *
   * @param noWay what is known already: that no endpoint works
   */
  start(noWay?: NoUsableEndpointError): void {
    if (this.signal.aborted) return this.#end(calledOff(this, this.#road))
    if (noWay) return this.#end(this.#exhausted(noWay))
    // In a pool the work begins when a connection takes the message: the queue is not the server's fault.
    const { pooled, selector, lanes, closed } = this.#road
    if (!pooled) this.#deadline.works(this.#body)
    // Most messages of a pool come while an endpoint is in use, and go straight into its queue.
    if (pooled && selector.endpoint && !closed()) this.#sendOver(lanes.to(selector.endpoint))
    else this.#tryNext()
  }

  /** Breaks the message off. */
  abort(): void {
    this.#deadline.abort(undefined)
  }

  #tryNext(): void {
    if (this.#road.pooled) this.#deadline.waits()
    this.#lane().then(
      (lane) => this.#sendOver(lane),
      (error: Error) => this.#end(error),
    )
  }

  #sendOver(lane: Lane): void {
    this.endpoint = lane.endpoint
    const startedAt = Date.now()
    let isOver = false
    lane.send(this.#mail, (error, info) => {
      if (isOver) return
      isOver = true
      this.#settle(lane, startedAt, error, info)
    })
  }

  /** @param held endpoints that are tried only where no other opens */
  async #lane(held = this.#body.oneShot ? knownDown(this.#road.selector) : []): Promise<Lane> {
    const { selector, lanes, pooled, closed } = this.#road
    const options = { signal: this.signal, avoid: [...this.avoid, ...held] }
    // nodemailer's pool takes nothing more once it is closed; its plain transport does not mind.
    if (pooled && closed()) throw calledOff(this, this.#road)
    try {
      if (!pooled) return this.#take(await selector.connect(options))
      const { endpoint, connection } = await selector.choose(options)
      return connection ? this.#take(connection) : lanes.to(endpoint)
    } catch (error) {
      if (!NoUsableEndpointError.isInstance(error)) throw error
      if (held.length === 0 || this.signal.aborted) throw this.#exhausted(error)
      this.attempts.push(...error.attempts)
      return this.#lane([])
    }
  }

  #take(connection: OpenConnection): Lane {
    this.attempts.push(...connection.attempts.filter(({ outcome }) => outcome !== 'used'))
    const lane = this.#road.lanes.to(connection.endpoint)
    lane.offer(connection)
    return lane
  }

  #settle(lane: Lane, startedAt: number, error: Error | null, sent: SMTPSentMessageInfo | undefined): void {
    let info: SMTPSentMessageInfo | undefined
    try {
      info = sent && isAcceptance(sent.response) ? this.#accept(lane, sent) : this.#fail(lane, startedAt, error ?? garbled(sent!.response))
    } catch (error) {
      return this.#end(error as Error)
    }
    if (info) this.#end(null, info)
    else this.#tryNext()
  }

  #accept({ endpoint }: Lane, info: SMTPSentMessageInfo): SMTPSentMessageInfo {
    const { pooled, selector, secrets } = this.#road
    // A pool has one login for all its messages.
    selector.reportDelivery(endpoint, pooled || !this.#mail.data.auth)
    return withoutSecrets(info, secrets)
  }

  /**
   * @returns nothing, as another try is due
   * @throws DeliveryError if none is
   */
  #fail({ endpoint, refusal }: Lane, startedAt: number, error: Error): undefined {
    const { closed, selector, maxConnections, locale, onAttempt } = this.#road
    if (error instanceof LaneLeft) {
      if (!closed()) return
      throw calledOff(this, this.#road)
    }
    if (NoUsableEndpointError.isInstance(error)) throw this.#exhausted(error)
    const dropped = wasDropped(error)
    // Where the pool lost the answer to the login, the lane has kept it.
    const cause = dropped && refusal ? { failure: refusal } : error
    const verdict = verdictOn(cause, { endpoint, body: this.#body, signal: this.signal, locale })
    const attempt = attemptOf(endpoint, startedAt, verdict.failure)
    this.attempts.push(attempt)
    onAttempt(attempt)

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

  #exhausted(error: NoUsableEndpointError): DeliveryError {
    this.endpoint = undefined
    return exhausted(error, this, this.#road)
  }

  #end(error: Error | null, info?: SMTPSentMessageInfo): void {
    this.#forgetSecrets?.()
    this.#deadline.end()
    this.#body.release()
    // For the same reason; but of one that was called off nodemailer may ask its signal yet.
    if (!this.signal.aborted) this.#mail.data.signal = this.#deadline.parent
    this.#done(error, info)
  }
}
