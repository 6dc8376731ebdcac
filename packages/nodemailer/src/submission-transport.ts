import { EventEmitter } from 'node:events'
import { createHealthMonitor, type Dial, type Endpoint, type HealthMonitor, type HealthReport, type Locale } from '@postern/core'
import { Cancellation, type CancelSignal, expectSelectable } from '@postern/core/submission'
import type { MailMessage, SMTPSentMessageInfo, SMTPTransportOptions, Transport } from 'nodemailer'
import DKIM from 'nodemailer/lib/dkim'
import type Mail from 'nodemailer/lib/mailer'
import type { GetSocketHandler } from 'nodemailer/lib/mailer'
import { type SendMail, withOneAbortError } from './delivery/abort-error.ts'
import { createEngine, type Engine, type EngineMemory, type EngineOwner, retireEngine } from './engine.ts'
import { logOutcome, logSending } from './delivery/message-log.ts'
import { withNodemailerCause } from './delivery/nodemailer-cause.ts'
import { type MessageContext, OutgoingMessage, type SendCallback } from './delivery/outgoing-message.ts'
import { Mailer } from './mailer.ts'
import { isTraced, trace } from './observability/channels.ts'
import { inspectAs } from './observability/inspect-as.ts'
import type { TransportMetrics } from './observability/metrics.ts'
import { type TransportState, withNextChecks } from './observability/transport-state.ts'
import type { TransportEvents } from './observability/watch.ts'
import { messageLogin } from './options/login-options.ts'
import { type SplitOptions, splitOptions, type SubmissionOptions, type SubmissionSettings } from './options/split-options.ts'
import { version } from './version.ts'

/** Milliseconds without work until the engine is retired: messages often come one after the other. */
const RETIRE_AFTER = 100

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
 * A transport that finds its endpoint by itself. nodemailer composes the messages; Postern holds the SMTP conversation and
 * decides what may be tried again.
 */
export class SubmissionTransport
  extends EventEmitter<TransportEvents & { idle: []; error: [Error] }>
  implements Transport<SMTPSentMessageInfo, SMTPTransportOptions>, EngineOwner
{
  readonly name = 'Postern'
  readonly version = version
  readonly supportsAbortSignal = true
  /** Opens the connections in Postern's place: the caller's, or nodemailer's where a proxy is configured. */
  getSocket: GetSocketHandler | undefined
  #mailer: Mail<SMTPSentMessageInfo, SMTPTransportOptions> | undefined
  readonly #split: SplitOptions
  #knownEngine: Engine | undefined
  /** Of the engine before. */
  #memory: EngineMemory | undefined
  #retirement: NodeJS.Timeout | undefined
  #knownContext: MessageContext | undefined
  #health: HealthMonitor | undefined
  /** Checks under way that a caller waits for. */
  #checks: Set<Cancellation> | undefined

  /** Use `submissionTransport`. */
  constructor(split: SplitOptions) {
    super()
    this.#split = split
    this.getSocket = split.mail.getSocket
    // Wrong settings are an error now, and not with the first message.
    expectSelectable(split.settings, split.own.selection ?? {})
    // As nodemailer's pool does, for callers that wait for it before they send anything.
    if (split.numbers.keepsConnections) setImmediate(() => this.emit('idle'))
  }

  /** Set by nodemailer. */
  get mailer(): Mail<SMTPSentMessageInfo, SMTPTransportOptions> | undefined {
    return this.#mailer
  }

  set mailer(mailer: Mail<SMTPSentMessageInfo, SMTPTransportOptions> | undefined) {
    const { tokens } = this.#split.login
    this.#mailer = mailer
    if (tokens) tokens.mailer = mailer
    if (mailer && !(mailer instanceof Mailer)) this.#adopt(mailer)
  }

  /** What nodemailer's `Mail` is made with: `dkim`, `proxy`, `logger` and others are for it. A method, so that printing does not show it. */
  mailOptions(): SMTPTransportOptions {
    return this.#split.mail
  }

  get host(): string {
    return this.#split.settings.host
  }

  get locale(): Locale {
    return this.#split.own.locale ?? 'en'
  }

  /** The endpoint in use, once one has been found. */
  get endpoint(): Endpoint | undefined {
    return (this.#knownEngine ?? this.#memory?.pool)?.selector.endpoint
  }

  /** Where every rung stands, why it last failed and when it is checked again. Makes no connection. */
  state(): TransportState {
    return withNextChecks(this.#knownEngine || !this.#memory ? this.#engine.selector.state() : this.#memory.pool.selector.state)
  }

  /**
   * What was tried, how often traffic moved, and the outcomes of the messages, by endpoint. Makes no connection.
   *
   * @example
   * const sent = mailer.metrics().endpoints.reduce((sum, { sends }) => sum + sends.accepted, 0)
   */
  metrics(): TransportMetrics {
    const { metrics } = this.#knownEngine?.watch ?? this.#memory ?? this.#engine.watch
    return metrics.read(this.state(), this.#knownEngine?.pool.pending ?? 0)
  }

  /**
   * Finds the endpoint now, and tests the login: for start-up.
   *
   * @throws NoUsableEndpointError with every attempt and a diagnosis
   */
  async ready(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<Endpoint> {
    return await this.examine(options)
  }

  /** Makes a real check, which takes no longer than the deadline, in milliseconds: 30 s by default. `health` is the one to ask often. */
  async examine(options: { readonly signal?: CancelSignal | undefined; readonly deadline?: number | undefined } = {}): Promise<Endpoint> {
    const { selector, watch } = this.#engine
    const check = new Cancellation()
    const leave = options.signal && check.follow(options.signal)
    const checks = (this.#checks ??= new Set())
    checks.add(check)
    try {
      const endpoint = await selector.examine({ ...options, signal: check })
      watch.proved(endpoint)
      return endpoint
    } finally {
      checks.delete(check)
      leave?.()
      this.notifyRest()
    }
  }

  /** How the mail is doing, from what is known if that is less than 30 s old. */
  async health(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<HealthReport> {
    this.#health ??= createHealthMonitor(this, { locale: this.locale })
    return await this.#health.check(options)
  }

  /**
   * nodemailer's `verify()`: like `ready`, and like it true only if a login that is configured was made. The `cause` of its
   * error has nodemailer's `code`.
   */
  verify(callback: (error: Error | null, success?: true) => void): void
  verify(): Promise<true>
  verify(callback?: (error: Error | null, success?: true) => void): Promise<true> | undefined {
    const verified = this.ready().then(
      () => true as const,
      (error: unknown) => {
        throw withNodemailerCause(error)
      },
    )
    if (!callback) return verified
    verified.then(
      () => callback(null, true),
      (error: Error) => callback(error),
    )
    return undefined
  }

  /** Whether another message can be taken without making it wait for a connection. */
  isIdle(): boolean {
    return this.#knownEngine?.pool.isIdle ?? true
  }

  /**
   * Resolves when every message that was handed over has its outcome: for the end of an app.
   *
   * @example
   * await mailer.settled()
   * mailer.close()
   */
  async settled(): Promise<void> {
    await this.#knownEngine?.pool.settled()
  }

  /**
   * Stops background checks and closes idle connections. Queued messages of a pool that were not started are rejected;
   * messages and checks under way are finished. With `force` they are aborted as well, and nothing is sent any more.
   */
  close(options?: { readonly force?: boolean }): void {
    const force = options?.force === true
    const { selector, pool } = this.#engine
    selector.close()
    if (force) for (const check of this.#checks ?? []) check.abort(undefined)
    pool.close(force)
  }

  /** An own property, bound to this: Auth.js merges what it is given into a plain object, which no method survives. */
  send = (mail: MailMessage<SMTPSentMessageInfo>, callback: (error: Error | null, info: SMTPSentMessageInfo) => void): void => {
    const given = mail as MailMessage
    const done = callback as SendCallback
    const { pool } = this.#engine
    if (!isTraced()) return pool.add(new OutgoingMessage(given, this.#context, done))
    const { message } = given
    const begun = { messageId: message.messageId(), recipients: message.getEnvelope().to.length }
    trace(begun, (onEnd) => pool.add(new OutgoingMessage(given, this.#context, done, onEnd)))
  }

  /** Events go to the transporter as well: apps know that one. @internal */
  notify<Name extends keyof TransportEvents>(name: Name, ...args: TransportEvents[Name]): void {
    this.emit(name, ...(args as never))
    this.#mailer?.emit(name, ...args)
  }

  /** @internal */
  notifyIdle(): void {
    this.emit('idle')
  }

  /** @internal */
  notifyRest(): void {
    this.#retirement ??= setTimeout(() => this.#retire(), RETIRE_AFTER).unref()
  }

  #retire(): void {
    this.#retirement = undefined
    const memory = this.#knownEngine && retireEngine(this.#knownEngine)
    if (!memory) return
    this.#memory = memory
    this.#knownEngine = this.#knownContext = undefined
  }

  get #engine(): Engine {
    return (this.#knownEngine ??= createEngine(this, this.#split, this.#memory))
  }

  get #context(): MessageContext {
    return (this.#knownContext ??= this.#createContext())
  }

  #createContext(): MessageContext {
    const { secrets, logger } = this.#split
    const { watch } = this.#engine
    return {
      secrets,
      loginOf: (mail) => this.#loginOf(mail),
      onSending: logger && ((mail) => logSending(logger, mail)),
      onOutcome: (mail, endpoint, outcome, error) => {
        watch.sent(endpoint, outcome)
        if (logger) logOutcome(logger, mail, error)
      },
    }
  }

  /** A plain `Mail` that was made for this transport as for any plug-in: it lacks the options and prints its secrets. */
  #adopt(mailer: Mail<SMTPSentMessageInfo, SMTPTransportOptions>): void {
    inspectAs(mailer, 'Transporter', () => this.state())
    const sendMail = mailer.sendMail.bind(mailer) as unknown as SendMail
    const replaced = (data: unknown, callback?: SendCallback) => withOneAbortError(sendMail, this, data, callback)
    Object.defineProperty(mailer, 'sendMail', { value: replaced, writable: true, configurable: true })
    mailer.options = { ...this.#split.mail, ...mailer.options }
    const { dkim } = mailer.options
    if (dkim) mailer.dkim ||= new DKIM(dkim)
  }

  /** A pool has one login for all its messages, as in nodemailer. */
  #loginOf({ data: { auth } }: MailMessage): ReturnType<typeof messageLogin> {
    const { numbers, login, secrets, logger } = this.#split
    if (!auth || numbers.keepsConnections) return undefined
    secrets.learn(auth.pass, auth.accessToken, auth.refreshToken)
    return messageLogin(auth, login.given, this.#mailer, { logger })
  }

  /**
   * nodemailer's proxies open a plain connection to host and port, and the ladder goes on from there. Undefined where Postern
   * connects by itself: nodemailer sets its proxy with the first message, and a check may come before that.
   *
   * @internal
   */
  get dial(): Dial | undefined {
    const getSocket = this.getSocket || this.#mailer?.getSocket
    if (typeof getSocket !== 'function') return undefined
    return ({ host, port }) =>
      new Promise((resolve, reject) => {
        getSocket({ ...this.#split.mail, host, port }, (error, options) => {
          if (error) reject(error)
          // Without a connection it leaves the connecting to its caller, as nodemailer has it.
          else resolve(options ? options.connection : undefined)
        })
      })
  }
}
