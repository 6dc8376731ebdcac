import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import {
  createEndpointSelector,
  createHealthMonitor,
  type Endpoint,
  type EndpointSelector,
  type HealthMonitor,
  type HealthReport,
  type SelectorEvents,
  type SelectorState,
} from '@postern/core'
import type { MailMessage, SMTPSentMessageInfo, SMTPTransportOptions, Transport } from 'nodemailer'
import type Mail from 'nodemailer/lib/mailer'
import type { GetSocketHandler } from 'nodemailer/lib/mailer'
import type { Logger } from 'nodemailer/lib/shared'
import DKIM from 'nodemailer/lib/dkim'
import { Delivery, type DeliveryCallback, type Road } from './delivery.ts'
import { Lanes } from './lanes.ts'
import { type SplitOptions, splitOptions, type SubmissionOptions, type SubmissionSettings } from './options.ts'
import { version } from './version.ts'
import { logChanges } from './watch-log.ts'

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
  extends EventEmitter<SelectorEvents & { idle: []; error: [Error] }>
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
      dial: (endpoint) => this.#throughProxy(endpoint),
    })
    this.#lanes = new Lanes(split, this.#selector)
    this.#health = createHealthMonitor(this)
    this.#road = {
      selector: this.#selector,
      lanes: this.#lanes,
      pooled: Boolean(nodemailer.pool),
      maxConnections: nodemailer.maxConnections ?? MAX_CONNECTIONS,
      deadline,
      locale,
      secrets: split.secrets,
      closed: () => this.#closed,
      onExhausted: (error) => this.emit('exhausted', error),
    }
    for (const event of ['selected', 'fallback', 'recovered'] as const) {
      this.#selector.on(event, (change) => {
        this.#lanes.keepOnly(change.endpoint)
        this.emit(event, change)
      })
    }
    this.#selector.on('exhausted', (error) => this.emit('exhausted', error))
    if (nodemailer.logger) logChanges(this, nodemailer.logger as Logger)
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
    if (!mailer) return
    mailer.options = { ...this.#split.mail, ...mailer.options }
    const { dkim } = mailer.options
    if (dkim) mailer.dkim ||= new DKIM(dkim)
  }

  /** The endpoint in use, once one has been found. */
  get endpoint(): Endpoint | undefined {
    return this.#selector.endpoint
  }

  /** Where every rung stands. */
  state(): SelectorState {
    return this.#selector.state()
  }

  /**
   * Finds the endpoint now, and tests the login: for start-up.
   *
   * @throws NoUsableEndpointError with the whole story
   */
  async ready(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<Endpoint> {
    return await this.#selector.examine(options)
  }

  /** Makes a real check. `health` is the one to ask often. */
  async examine(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<Endpoint> {
    return await this.#selector.examine(options)
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

  send(mail: MailMessage<SMTPSentMessageInfo>, callback: SendCallback): void {
    this.#underWay += 1
    new Delivery(mail, this.#road, (error, info) => {
      this.#settled()
      ;(callback as DeliveryCallback)(error, info)
    }).start()
  }

  #settled(): void {
    const wasIdle = this.isIdle()
    this.#underWay -= 1
    if (!wasIdle && this.isIdle()) setImmediate(() => this.emit('idle'))
  }

  /** nodemailer's proxies open a plain connection to host and port, and the ladder goes on from there. */
  #throughProxy({ host, port }: Endpoint): Promise<Socket> | undefined {
    // nodemailer hands its proxy over with the first message, and a check may come before that.
    const getSocket = this.getSocket || this.#mailer?.getSocket
    if (typeof getSocket !== 'function') return undefined
    return new Promise((resolve, reject) => {
      getSocket({ ...this.#split.nodemailer, host, port }, (error, options) => {
        if (error) reject(error)
        else if (options && options.connection) resolve(options.connection)
        else reject(new Error('The proxy gave no connection.'))
      })
    })
  }
}
