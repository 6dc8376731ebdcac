import { EventEmitter } from 'node:events'
import { createHealthMonitor, type Dial, type Endpoint, type ExamineOptions, type HealthMonitor, type HealthReport, type Locale } from '@postern/core'
import { Cancellation, expectSelectable, type PoolState } from '@postern/core/submission'
import type { MailMessage, SMTPSentMessageInfo, SMTPTransportOptions, Transport } from 'nodemailer'
import DKIM from 'nodemailer/lib/dkim'
import type Mail from 'nodemailer/lib/mailer'
import type { GetSocketHandler } from 'nodemailer/lib/mailer'
import { type SendMail, withOneAbortError } from './delivery/abort-error.ts'
import { createEngine, type Engine, type EngineMemory, type EngineOwner, retireEngine } from './engine.ts'
import { messageOutcomeOf } from './delivery/message-outcome.ts'
import { logOutcome, logSending } from './delivery/message-log.ts'
import { withNodemailerCause } from './delivery/nodemailer-cause.ts'
import { type MessageContext, OutgoingMessage, type SendCallback, TracedMessage } from './delivery/outgoing-message.ts'
import { Mailer } from './mailer.ts'
import type { ReadyOptions } from './mailer-transport.ts'
import { isTraced, trace } from './observability/channels.ts'
import { inspectAs } from './observability/inspect-as.ts'
import type { TransportMetrics } from './observability/metrics.ts'
import { type TransportState, withNextChecks } from './observability/transport-state.ts'
import type { TransportEvents } from './observability/watch.ts'
import { messageLogin } from './options/login-options.ts'
import { MessageTokens } from './options/message-tokens.ts'
import { usualNumbers } from './options/pool-numbers.ts'
import { type SplitOptions, splitOptions, type SubmissionOptions, type SubmissionSettings } from './options/split-options.ts'
import { version } from './version.ts'

/** Milliseconds without work until the engine is retired: messages often come one after the other. */
const RETIRE_AFTER = 100

/**
 * Creates a transport for `nodemailer.createTransport`.
 *
 * @throws SettingsError
 * @example
 * const mailer = nodemailer.createTransport(submissionTransport('smtp://ada:secret@smtp.example.com'))
 */
export function submissionTransport(settings: SubmissionSettings, options: SubmissionOptions = {}): SubmissionTransport {
  return new SubmissionTransport(splitOptions(settings, options))
}

/**
 * A nodemailer transport that finds its endpoint by itself. nodemailer composes the messages. Postern sends them over SMTP and
 * decides what may be retried.
 */
export class SubmissionTransport
  extends EventEmitter<TransportEvents & { idle: []; error: [Error] }>
  implements Transport<SMTPSentMessageInfo, SMTPTransportOptions>, EngineOwner
{
  readonly name = 'Postern'
  readonly version = version
  readonly supportsAbortSignal = true
  /** Opens connections instead of Postern: set by the caller, or by nodemailer for a proxy. */
  getSocket: GetSocketHandler | undefined
  #mailer: Mail<SMTPSentMessageInfo, SMTPTransportOptions> | undefined
  readonly #split: SplitOptions
  #knownEngine: Engine | undefined
  /** What the previous engine has learnt. */
  #memory: EngineMemory | undefined
  #retirement: NodeJS.Timeout | undefined
  #knownContext: MessageContext | undefined
  #health: HealthMonitor | undefined
  #messageTokens: MessageTokens | undefined
  /** The checks in progress that a caller waits for. */
  #checks: Set<Cancellation> | undefined

  /** Use `submissionTransport`. */
  constructor(split: SplitOptions) {
    super()
    this.#split = split
    this.getSocket = split.mail.getSocket
    // Report invalid settings now, and not with the first message.
    expectSelectable(split.settings, { ...split.own.selection, locale: split.own.locale })
    // Like nodemailer's pool, for callers that wait for `idle` before they send.
    if (split.mail.pool) setImmediate(() => this.emit('idle'))
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

  /** The options for nodemailer's `Mail`, such as `dkim`, `proxy` and `logger`. A method, so that printing does not show them. */
  mailOptions(): SMTPTransportOptions {
    return this.#split.mail
  }

  get host(): string {
    return this.#split.settings.host
  }

  get locale(): Locale {
    return this.#split.own.locale ?? 'en'
  }

  /** The endpoint in use, once one was selected. */
  get endpoint(): Endpoint | undefined {
    return (this.#knownEngine ?? this.#memory?.pool)?.selector.endpoint
  }

  /** The state of every rung, with its last failure and its next check. Makes no connection. */
  state(): TransportState {
    return withNextChecks(this.#knownEngine || !this.#memory ? this.#engine.selector.state() : this.#memory.pool.selector.state)
  }

  /**
   * Counts attempts, fallbacks, recoveries and outcomes of messages, by endpoint, with the pool and its queue. Makes no connection.
   *
   * @example
   * const sent = mailer.metrics().endpoints.reduce((sum, { sends }) => sum + sends.accepted, 0)
   */
  metrics(): TransportMetrics {
    const { metrics } = this.#knownEngine?.watch ?? this.#memory ?? this.#engine.watch
    return metrics.read(this.state(), this.#knownEngine?.pool.state ?? this.#restingPool)
  }

  /**
   * Selects the endpoint and tests the login, and the sender if requested, for the start of an app.
   *
   * @throws NoUsableEndpointError with every attempt and a diagnosis
   * @example
   * await mailer.ready({ checkSender: 'app@example.com' })
   */
  async ready(options: ReadyOptions = {}): Promise<Endpoint> {
    return await this.examine(options)
  }

  /** Checks the endpoints over the network, within the deadline (default: 30 s). For frequent checks, use `health`. */
  async examine(options: Omit<ExamineOptions, 'avoid'> = {}): Promise<Endpoint> {
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

  /** The health of the mail connection. Uses a cached result for up to 30 s. */
  async health(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<HealthReport> {
    this.#health ??= createHealthMonitor(this, { locale: this.locale })
    return await this.#health.check(options)
  }

  /**
   * nodemailer's `verify()`. Like `ready`, it succeeds only if the configured login was accepted. The `cause` of its error has
   * nodemailer's `code`.
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

  /** Whether another message would not have to wait for a connection. */
  isIdle(): boolean {
    return this.#knownEngine?.pool.isIdle ?? true
  }

  /**
   * Resolves when every message has its outcome, for the shutdown of an app.
   *
   * @example
   * await mailer.settled()
   * mailer.close()
   */
  async settled(): Promise<void> {
    await this.#knownEngine?.pool.settled()
  }

  /**
   * Stops background checks and closes idle connections. Queued messages of a pool that were not started are rejected.
   * Messages and checks in progress are finished, or aborted with `force`.
   */
  close(options?: { readonly force?: boolean }): void {
    const force = options?.force === true
    const { selector, pool } = this.#engine
    selector.close()
    if (force) for (const check of this.#checks ?? []) check.abort(undefined)
    pool.close(force)
  }

  /** A bound own property, because Auth.js copies the transport into a plain object, which would lose methods. */
  send = (mail: MailMessage<SMTPSentMessageInfo>, callback: (error: Error | null, info: SMTPSentMessageInfo) => void): void => {
    const given = mail as MailMessage
    const done = callback as SendCallback
    const { pool } = this.#engine
    if (!isTraced()) return pool.add(new OutgoingMessage(given, this.#context, done))
    const { message } = given
    const begun = { messageId: message.messageId(), recipients: message.getEnvelope().to.length }
    trace(begun, (onEnd) => pool.add(new TracedMessage(given, this.#context, done, onEnd)))
  }

  /** Emits events on the transporter as well, where apps listen. @internal */
  notify<Name extends keyof TransportEvents>(name: Name, ...args: TransportEvents[Name]): void {
    this.emit(name, ...(args as never))
    this.#mailer?.emit(name, ...args)
  }

  /** So that an event without listeners costs nothing. */
  #hasListener(name: keyof TransportEvents): boolean {
    return this.listenerCount(name) > 0 || (this.#mailer?.listenerCount(name) ?? 0) > 0
  }

  /** @internal */
  notifyIdle(): void {
    this.emit('idle')
  }

  /** @internal */
  notifyRest(): void {
    if (!this.#retirement) this.#retirement = setTimeout(() => this.#retire(), RETIRE_AFTER).unref()
  }

  #retire(): void {
    this.#retirement = undefined
    const memory = this.#knownEngine && retireEngine(this.#knownEngine)
    if (!memory) return
    this.#memory = memory
    this.#knownEngine = this.#knownContext = undefined
  }

  /** The state of the pool while there is no engine. */
  get #restingPool(): PoolState {
    const { numbers, mail } = this.#split
    const { maxConnections } = numbers ?? usualNumbers(Boolean(mail.pool))
    return { queued: 0, pending: 0, connections: 0, maxConnections }
  }

  get #engine(): Engine {
    return (this.#knownEngine ??= createEngine(this, this.#split, this.#memory))
  }

  get #context(): MessageContext {
    return (this.#knownContext ??= this.#createContext())
  }

  #createContext(): MessageContext {
    const { secrets, logger, own } = this.#split
    const { watch } = this.#engine
    const { clock = Date } = own.selection ?? {}
    return {
      secrets,
      loginOf: (mail) => this.#loginOf(mail),
      onSending: logger && ((mail) => logSending(logger, mail)),
      onOutcome: (mail, outcome, since, error) => {
        watch.sent(outcome.endpoint, outcome.isAccepted ? 'accepted' : outcome.delivery)
        if (this.#hasListener('outcome')) watch.decided(messageOutcomeOf(mail.message.messageId(), outcome, since, clock.now()))
        if (logger) logOutcome(logger, mail, error)
      },
    }
  }

  /** Adapts a plain `Mail` of nodemailer: adds the options that it lacks, and hides secrets when it is printed. */
  #adopt(mailer: Mail<SMTPSentMessageInfo, SMTPTransportOptions>): void {
    inspectAs(mailer, 'Transporter', () => this.state())
    const sendMail = mailer.sendMail.bind(mailer) as unknown as SendMail
    const replaced = (data: unknown, callback?: SendCallback) => withOneAbortError(sendMail, this, data, callback)
    Object.defineProperty(mailer, 'sendMail', { value: replaced, writable: true, configurable: true })
    mailer.options = { ...this.#split.mail, ...mailer.options }
    const { dkim } = mailer.options
    if (dkim) mailer.dkim ||= new DKIM(dkim)
  }

  /** The login of a single message. As in nodemailer, a pool has one login for all messages. */
  #loginOf({ data: { auth } }: MailMessage): ReturnType<typeof messageLogin> {
    const { mail, login, secrets, logger } = this.#split
    if (!auth || mail.pool) return undefined
    secrets.learn(auth.pass, auth.accessToken, auth.refreshToken)
    return messageLogin(auth, login.given, { tokens: (this.#messageTokens ??= new MessageTokens()), mailer: this.#mailer, logger })
  }

  /**
   * Opens a connection through nodemailer's `getSocket`, for instance through a proxy. Undefined if Postern connects itself.
   * nodemailer sets its proxy with the first message, so the value may change.
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
          // As in nodemailer, a result without a connection means that the caller connects.
          else resolve(options ? options.connection : undefined)
        })
      })
  }
}
