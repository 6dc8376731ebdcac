import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import {
  createEndpointSelector,
  createHealthMonitor,
  type Endpoint,
  type EndpointSelector,
  type HealthMonitor,
  type HealthReport,
} from '@postern/core'
import type { MailMessage, SMTPSentMessageInfo, SMTPTransportOptions, Transport } from 'nodemailer'
import type Mail from 'nodemailer/lib/mailer'
import type { GetSocketHandler } from 'nodemailer/lib/mailer'
import type { Logger } from 'nodemailer/lib/shared'
import DKIM from 'nodemailer/lib/dkim'
import { isTraced, type SendEnd, trace } from './channels.ts'
import { Delivery, type DeliveryCallback, type Road } from './delivery.ts'
import { DeliveryError } from './delivery-error.ts'
import { Lanes } from './lanes.ts'
import type { SendOutcome, TransportMetrics } from './metrics.ts'
import { type SplitOptions, splitOptions, type SubmissionOptions, type SubmissionSettings } from './options.ts'
import { type TransportState, withNextChecks } from './transport-state.ts'
import { version } from './version.ts'
import { type Tell, type TransportEvents, Watch } from './watch.ts'

/** nodemailer's own default for a pool. */
const MAX_CONNECTIONS = 5

type SendCallback = (error: Error | null, info: SMTPSentMessageInfo) => void

/**
 * Makes a transport for `nodemailer.createTransport`.
 *
 * @throws SettingsError
 * @example
 * const mailer = nodemailer.createTransport(submissionTransport('smtp://ada:secret@smtp.example.com'))
 */
export function submissionTransport(settings: SubmissionSettings, options: SubmissionOptions = {}): SubmissionTransport {
  return new SubmissionTransport(splitOptions(settings, options))
}

/**
 * A transport that finds its endpoint by itself. Each message goes over nodemailer's own SMTP transport or pool, on a
 * connection that Postern has opened and brought under TLS; what may be tried again is decided here.
 */
export class SubmissionTransport
  extends EventEmitter<TransportEvents & { idle: []; error: [Error] }>
  implements Transport<SMTPSentMessageInfo, SMTPTransportOptions>
{
  readonly name = 'Postern'
  readonly version = version
  readonly supportsAbortSignal = true
  /** What opens the connections in Postern's place: the caller's, or nodemailer's where a proxy is configured. */
  getSocket: GetSocketHandler | undefined
  #mailer: Mail<SMTPSentMessageInfo, SMTPTransportOptions> | undefined
  /** Messages that were handed over and have no outcome yet. */
  #underWay = 0
  readonly #split: SplitOptions
  readonly #selector: EndpointSelector
  readonly #lanes: Lanes
  readonly #health: HealthMonitor
  readonly #road: Road
  readonly #watch: Watch
  #closed = false

  /** Use `submissionTransport`. */
  constructor(split: SplitOptions) {
    super()
    const { settings, own, nodemailer } = split
    const { deadline, locale = 'en', selection } = own
    this.#split = split
    this.getSocket = split.getSocket
    this.#selector = createEndpointSelector(settings, {
      ...selection,
      locale,
      authMethod: nodemailer.authMethod,
      localAddress: nodemailer.localAddress,
      dial: (endpoint) => {
        // In its turn, as the selector tells of what failed before in a turn of its own.
        queueMicrotask(() => this.#watch.trying(endpoint))
        return this.#throughProxy(endpoint)
      },
    })
    this.#watch = new Watch(this.#selector, this.#tell, (nodemailer.logger || undefined) as Logger | undefined)
    this.#lanes = new Lanes(split, this.#selector)
    this.#health = createHealthMonitor(this, { locale })
    this.#road = {
      selector: this.#selector,
      lanes: this.#lanes,
      pooled: Boolean(nodemailer.pool),
      maxConnections: nodemailer.maxConnections ?? MAX_CONNECTIONS,
      deadline,
      locale,
      secrets: split.secrets,
      closed: () => this.#closed,
      onAttempt: (attempt) => this.#watch.attempted(attempt),
      onExhausted: (error) => this.#watch.exhausted(error),
    }
    for (const event of ['selected', 'fallback', 'recovered'] as const) {
      this.#selector.on(event, (change) => {
        this.#lanes.keepOnly(change.endpoint)
        this.#watch.changed(event, change)
      })
    }
    this.#selector.on('attempt', (attempt) => this.#watch.attempted(attempt))
    this.#selector.on('exhausted', (error) => this.#watch.exhausted(error))
    // As nodemailer's pool does, for those who wait for it before they send anything.
    if (nodemailer.pool) setImmediate(() => this.emit('idle'))
  }

  /** Set by nodemailer. */
  get mailer(): Mail<SMTPSentMessageInfo, SMTPTransportOptions> | undefined {
    return this.#mailer
  }

  /** nodemailer tells the `Mail` of a plug-in nothing of its options; some of them are for it: `dkim`, `proxy`, `logger`. */
  set mailer(mailer: Mail<SMTPSentMessageInfo, SMTPTransportOptions> | undefined) {
    this.#mailer = this.#lanes.mailer = mailer
    if (this.#split.tokens) this.#split.tokens.mailer = mailer
    if (!mailer) return
    mailer.options = { ...this.#split.mail, ...mailer.options }
    const { dkim } = mailer.options
    if (dkim) mailer.dkim ||= new DKIM(dkim)
  }

  /** The endpoint in use, once one has been found. */
  get endpoint(): Endpoint | undefined {
    return this.#selector.endpoint
  }

  /** Where every rung stands, why it last failed and when it is looked at again. Makes no connection. */
  state(): TransportState {
    return withNextChecks(this.#selector.state())
  }

  /**
   * What was tried, how often traffic moved and what became of the messages, by endpoint. Makes no connection.
   *
   * @example
   * const sent = mailer.metrics().endpoints.reduce((sum, { sends }) => sum + sends.accepted, 0)
   */
  metrics(): TransportMetrics {
    return this.#watch.metrics.read(this.#selector.state(), this.#underWay)
  }

  /**
   * Finds the endpoint now, and tests the login: for start-up.
   *
   * @throws NoUsableEndpointError with the whole story
   */
  async ready(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<Endpoint> {
    return await this.examine(options)
  }

  /** Makes a real check. `health` is the one to ask often. */
  async examine(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<Endpoint> {
    const endpoint = await this.#selector.examine(options)
    this.#watch.proved(endpoint)
    return endpoint
  }

  /** How the mail is doing, from what is known if that is less than 30 s old. */
  async health(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<HealthReport> {
    return await this.#health.check(options)
  }

  /** nodemailer's `verify()`: like `ready`, and like it true only if a login that was asked for was made. */
  verify(callback: (error: Error | null, success?: true) => void): void
  verify(): Promise<true>
  verify(callback?: (error: Error | null, success?: true) => void): Promise<true> | undefined {
    const verified = this.ready().then(() => true as const)
    if (!callback) return verified
    verified.then(
      () => callback(null, true),
      (error: Error) => callback(error),
    )
    return undefined
  }

  /** Whether another message can be taken without making it wait for a connection. */
  isIdle(): boolean {
    const { pool, maxConnections = MAX_CONNECTIONS } = this.#split.nodemailer
    return !pool || this.#underWay < maxConnections
  }

  /** Ends the background checks and closes idle connections; messages under way are finished, unless `force` is set. */
  close(options?: { readonly force?: boolean }): void {
    this.#closed = true
    this.#selector.close()
    this.#lanes.close(options)
  }

  /** An own property, bound to this: Auth.js merges what it is given into a plain object, which no method survives. */
  send = (mail: MailMessage<SMTPSentMessageInfo>, callback: SendCallback): void => {
    this.#underWay += 1
    if (!isTraced()) return this.#deliver(mail, callback)
    const { message } = mail as MailMessage
    const begun = { messageId: message.messageId(), recipients: message.getEnvelope().to.length }
    trace(begun, (onEnd) => this.#deliver(mail, callback, onEnd))
  }

  #deliver(mail: MailMessage<SMTPSentMessageInfo>, callback: SendCallback, onEnd?: (ended: SendEnd) => void): void {
    const delivery = new Delivery(mail, this.#road, (error, info) => {
      const { endpoint, attempts } = delivery
      const outcome: SendOutcome = !error ? 'accepted' : DeliveryError.isInstance(error) ? error.delivery : 'not-accepted'
      this.#settled()
      this.#watch.sent(endpoint, outcome)
      onEnd?.({ outcome, attempts, ...(endpoint && { endpoint }), ...(error && { error }) })
      ;(callback as DeliveryCallback)(error, info)
    })
    delivery.start()
  }

  /** A listener's fault is not the message's: it comes up as any fault in a listener of Node's does. */
  readonly #tell: Tell = (name, ...args) => {
    try {
      this.emit(name, ...(args as never))
    } catch (error) {
      process.nextTick(() => {
        throw error
      })
    }
  }

  #settled(): void {
    const wasIdle = this.isIdle()
    this.#underWay -= 1
    if (!wasIdle && this.isIdle()) setImmediate(() => this.emit('idle'))
  }

  /**
   * nodemailer's proxies open a plain connection to host and port, and the ladder goes on from there. Nothing where Postern is
   * to connect by itself.
   */
  #throughProxy({ host, port }: Endpoint): Promise<Socket | undefined> | undefined {
    // nodemailer hands its proxy over with the first message, and a check may come before that.
    const getSocket = this.getSocket || this.#mailer?.getSocket
    if (typeof getSocket !== 'function') return undefined
    return new Promise((resolve, reject) => {
      getSocket({ ...this.#split.nodemailer, host, port }, (error, options) => {
        if (error) reject(error)
        // Without a connection it leaves the connecting to its caller, as nodemailer has it.
        else resolve(options ? options.connection : undefined)
      })
    })
  }
}
