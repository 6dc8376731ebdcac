import { EventEmitter } from 'node:events'
import {
  createEndpointSelector,
  createHealthMonitor,
  type Dial,
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
import { isTraced, trace } from './channels.ts'
import type { DeliveryCallback, Road } from './delivery.ts'
import { Lanes } from './lanes.ts'
import type { TransportMetrics } from './metrics.ts'
import { type SplitOptions, splitOptions, type SubmissionOptions, type SubmissionSettings } from './options.ts'
import { Outbox } from './outbox.ts'
import { printsAs } from './prints-as.ts'
import { raise } from './raise.ts'
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
  readonly #split: SplitOptions
  readonly #selector: EndpointSelector
  readonly #lanes: Lanes
  readonly #health: HealthMonitor
  readonly #outbox: Outbox
  readonly #watch: Watch
  /** Those under way that somebody waits for. */
  readonly #checks = new Set<AbortController>()
  #closed = false

  /** Use `submissionTransport`. */
  constructor(split: SplitOptions) {
    super()
    const { settings, own, nodemailer } = split
    const { deadline, locale = 'en', selection } = own
    this.#split = split
    this.getSocket = split.getSocket
    const dial = () => this.#dial
    this.#selector = createEndpointSelector(settings, {
      ...selection,
      locale,
      authMethod: nodemailer.authMethod,
      localAddress: nodemailer.localAddress,
      get dial() {
        return dial()
      },
    })
    this.#watch = new Watch(this.#selector, this.#tell, (nodemailer.logger || undefined) as Logger | undefined)
    this.#lanes = new Lanes(split, this.#selector)
    this.#health = createHealthMonitor(this, { locale })
    const road: Road = {
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
    this.#outbox = new Outbox(road, {
      onSent: (endpoint, outcome) => this.#watch.sent(endpoint, outcome),
      onIdle: () => setImmediate(() => this.emit('idle')),
    })
    for (const event of ['selected', 'fallback', 'recovered'] as const) {
      this.#selector.on(event, (change) => {
        this.#lanes.keepOnly(change.endpoint)
        this.#watch.changed(event, change)
      })
    }
    this.#selector.on('trying', (endpoint) => this.#watch.trying(endpoint))
    this.#selector.on('attempt', (attempt) => this.#watch.attempted(attempt))
    this.#selector.on('exhausted', (error) => {
      this.#outbox.noWay(error)
      this.#watch.exhausted(error)
    })
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
    printsAs(mailer, 'Transporter', () => this.state())
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
    return this.#watch.metrics.read(this.#selector.state(), this.#outbox.underWay)
  }

  /**
   * Finds the endpoint now, and tests the login: for start-up.
   *
   * @throws NoUsableEndpointError with the whole story
   */
  async ready(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<Endpoint> {
    return await this.examine(options)
  }

  /** Makes a real check, which takes no longer than the deadline, in milliseconds: 30 s if none is given. `health` is the one to ask often. */
  async examine(options: { readonly signal?: AbortSignal | undefined; readonly deadline?: number | undefined } = {}): Promise<Endpoint> {
    const off = new AbortController()
    const signal = options.signal ? AbortSignal.any([options.signal, off.signal]) : off.signal
    this.#checks.add(off)
    try {
      const endpoint = await this.#selector.examine({ ...options, signal })
      this.#watch.proved(endpoint)
      return endpoint
    } finally {
      this.#checks.delete(off)
    }
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
    return this.#outbox.isIdle
  }

  /**
   * Resolves when every message that was handed over has its outcome: for the end of an app.
   *
   * @example
   * await mailer.settled()
   * mailer.close()
   */
  async settled(): Promise<void> {
    await this.#outbox.settled()
  }

  /**
   * Ends the background checks and closes idle connections; what a pool has not begun comes back. Messages under way are
   * finished, and so is a check, unless `force` is set: then they are broken off, and none is sent any more.
   */
  close(options?: { readonly force?: boolean }): void {
    this.#closed = true
    this.#selector.close()
    if (options?.force) for (const check of this.#checks) check.abort()
    this.#outbox.close(options?.force === true)
    this.#lanes.close(options)
  }

  /** An own property, bound to this: Auth.js merges what it is given into a plain object, which no method survives. */
  send = (mail: MailMessage<SMTPSentMessageInfo>, callback: SendCallback): void => {
    const letter = mail as MailMessage
    const done = callback as DeliveryCallback
    if (!isTraced()) return this.#outbox.add(letter, done)
    const { message } = letter
    const begun = { messageId: message.messageId(), recipients: message.getEnvelope().to.length }
    trace(begun, (onEnd) => this.#outbox.add(letter, done, onEnd))
  }

  readonly #tell: Tell = (name, ...args) => {
    try {
      this.emit(name, ...(args as never))
    } catch (fault) {
      raise(fault)
    }
  }

  /**
   * nodemailer's proxies open a plain connection to host and port, and the ladder goes on from there. Nothing where Postern is
   * to connect by itself, which is known when it begins to: nodemailer hands its proxy over with the first message, and a check
   * may come before that.
   */
  get #dial(): Dial | undefined {
    const getSocket = this.getSocket || this.#mailer?.getSocket
    if (typeof getSocket !== 'function') return undefined
    return ({ host, port }) =>
      new Promise((resolve, reject) => {
        getSocket({ ...this.#split.nodemailer, host, port }, (error, options) => {
          if (error) reject(error)
          // Without a connection it leaves the connecting to its caller, as nodemailer has it.
          else resolve(options ? options.connection : undefined)
        })
      })
  }
}
