import { EventEmitter } from 'node:events'
import { createEndpointSelector, createHealthMonitor, type Dial, type Endpoint, type EndpointSelector, type HealthMonitor, type HealthReport } from '@postern/core'
import { Cancellation, type CancelSignal, SubmissionPool } from '@postern/core/submission'
import type { MailMessage, SMTPSentMessageInfo, SMTPTransportOptions, Transport } from 'nodemailer'
import DKIM from 'nodemailer/lib/dkim'
import type Mail from 'nodemailer/lib/mailer'
import type { GetSocketHandler } from 'nodemailer/lib/mailer'
import { customLoginOf } from './delivery/custom-auth.ts'
import { rejectAborted } from './delivery/reject-aborted.ts'
import { logOutcome, logSending } from './delivery/message-log.ts'
import { type MessageContext, OutgoingMessage, type SendCallback } from './delivery/outgoing-message.ts'
import { isTraced, trace } from './observability/channels.ts'
import type { TransportMetrics } from './observability/metrics.ts'
import { inspectAs } from './observability/inspect-as.ts'
import { throwAsync } from './observability/throw-async.ts'
import { transcriptFor } from './observability/transcript.ts'
import { type TransportState, withNextChecks } from './observability/transport-state.ts'
import { type Notify, type TransportEvents, Watch } from './observability/watch.ts'
import { messageLogin } from './options/login-options.ts'
import { type SplitOptions, splitOptions, type SubmissionOptions, type SubmissionSettings } from './options/split-options.ts'
import { version } from './version.ts'

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
  implements Transport<SMTPSentMessageInfo, SMTPTransportOptions>
{
  readonly name = 'Postern'
  readonly version = version
  readonly supportsAbortSignal = true
  /** Opens the connections in Postern's place: the caller's, or nodemailer's where a proxy is configured. */
  getSocket: GetSocketHandler | undefined
  #mailer: Mail<SMTPSentMessageInfo, SMTPTransportOptions> | undefined
  readonly #split: SplitOptions
  readonly #selector: EndpointSelector
  readonly #pool: SubmissionPool
  readonly #watch: Watch
  readonly #context: MessageContext
  #health: HealthMonitor | undefined
  /** Checks under way that a caller waits for. */
  readonly #checks = new Set<Cancellation>()

  /** Use `submissionTransport`. */
  constructor(split: SplitOptions) {
    super()
    const { numbers, logger, secrets } = split
    const weak = new WeakRef(this)
    this.#split = split
    this.getSocket = split.getSocket
    this.#selector = createSelector(split, weak)
    this.#watch = createWatch(this.#selector, weak, logger)
    this.#pool = createPool(split, this.#selector, this.#watch, weak)
    this.#context = {
      secrets,
      loginOf: (mail) => this.#loginOf(mail),
      onSending: logger && ((mail) => logSending(logger, mail)),
      onOutcome: (mail, endpoint, outcome, error) => {
        this.#watch.sent(endpoint, outcome)
        if (logger) logOutcome(logger, mail, error)
      },
    }
    forgotten.register(this, { pool: this.#pool, selector: this.#selector })
    // As nodemailer's pool does, for callers that wait for it before they send anything.
    if (numbers.keepsConnections) setImmediate(() => this.emit('idle'))
  }

  /** Set by nodemailer. */
  get mailer(): Mail<SMTPSentMessageInfo, SMTPTransportOptions> | undefined {
    return this.#mailer
  }

  /** nodemailer gives the `Mail` of a plug-in none of its options, and some of them are for it: `dkim`, `proxy`, `logger`. */
  set mailer(mailer: Mail<SMTPSentMessageInfo, SMTPTransportOptions> | undefined) {
    const { login, mail } = this.#split
    this.#mailer = mailer
    if (login.tokens) login.tokens.mailer = mailer
    if (!mailer) return
    inspectAs(mailer, 'Transporter', () => this.state())
    rejectAborted(mailer, this.#split)
    mailer.options = { ...mail, ...mailer.options }
    const { dkim } = mailer.options
    if (dkim) mailer.dkim ||= new DKIM(dkim)
  }

  /** The endpoint in use, once one has been found. */
  get endpoint(): Endpoint | undefined {
    return this.#selector.endpoint
  }

  /** Where every rung stands, why it last failed and when it is checked again. Makes no connection. */
  state(): TransportState {
    return withNextChecks(this.#selector.state())
  }

  /**
   * What was tried, how often traffic moved, and the outcomes of the messages, by endpoint. Makes no connection.
   *
   * @example
   * const sent = mailer.metrics().endpoints.reduce((sum, { sends }) => sum + sends.accepted, 0)
   */
  metrics(): TransportMetrics {
    return this.#watch.metrics.read(this.#selector.state(), this.#pool.pending)
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
    const check = new Cancellation()
    const leave = options.signal && check.follow(options.signal)
    this.#checks.add(check)
    try {
      const endpoint = await this.#selector.examine({ ...options, signal: check })
      this.#watch.proved(endpoint)
      return endpoint
    } finally {
      this.#checks.delete(check)
      leave?.()
    }
  }

  /** How the mail is doing, from what is known if that is less than 30 s old. */
  async health(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<HealthReport> {
    this.#health ??= createHealthMonitor(this, { locale: this.#split.own.locale ?? 'en' })
    return await this.#health.check(options)
  }

  /** nodemailer's `verify()`: like `ready`, and like it true only if a login that is configured was made. */
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
    return this.#pool.isIdle
  }

  /**
   * Resolves when every message that was handed over has its outcome: for the end of an app.
   *
   * @example
   * await mailer.settled()
   * mailer.close()
   */
  async settled(): Promise<void> {
    await this.#pool.settled()
  }

  /**
   * Stops background checks and closes idle connections. Queued messages of a pool that were not started are rejected;
   * messages and checks under way are finished. With `force` they are aborted as well, and nothing is sent any more.
   */
  close(options?: { readonly force?: boolean }): void {
    const force = options?.force === true
    this.#selector.close()
    if (force) for (const check of this.#checks) check.abort(undefined)
    this.#pool.close(force)
  }

  /** An own property, bound to this: Auth.js merges what it is given into a plain object, which no method survives. */
  send = (mail: MailMessage<SMTPSentMessageInfo>, callback: (error: Error | null, info: SMTPSentMessageInfo) => void): void => {
    const given = mail as MailMessage
    const done = callback as SendCallback
    if (!isTraced()) return this.#pool.add(new OutgoingMessage(given, this.#context, done))
    const { message } = given
    const begun = { messageId: message.messageId(), recipients: message.getEnvelope().to.length }
    trace(begun, (onEnd) => this.#pool.add(new OutgoingMessage(given, this.#context, done, onEnd)))
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

// Idle connections and timers keep the pool and the selector. So that they do not keep the transport as well, none of their
// callbacks may refer to it, and these functions are not in the constructor, where closures share what they refer to.

function createSelector({ settings, own, merged, login }: SplitOptions, weak: WeakRef<SubmissionTransport>): EndpointSelector {
  const { locale = 'en', selection } = own
  return createEndpointSelector(settings, {
    ...selection,
    locale,
    authMethod: login.method,
    localAddress: merged.localAddress,
    get dial() {
      return weak.deref()?.dial
    },
  })
}

function createWatch(selector: EndpointSelector, weak: WeakRef<SubmissionTransport>, logger: SplitOptions['logger']): Watch {
  const notify: Notify = (name, ...args) => {
    try {
      weak.deref()?.emit(name, ...(args as never))
    } catch (error) {
      throwAsync(error)
    }
  }
  const watch = new Watch(selector, notify, logger)
  for (const event of ['selected', 'fallback', 'recovered'] as const) selector.on(event, (change) => watch.changed(event, change))
  selector.on('trying', (endpoint) => watch.trying(endpoint))
  selector.on('attempt', (attempt) => watch.attempted(attempt))
  selector.on('exhausted', (error) => watch.exhausted(error))
  return watch
}

function createPool(split: SplitOptions, selector: EndpointSelector, watch: Watch, weak: WeakRef<SubmissionTransport>): SubmissionPool {
  const { own, numbers, merged, logger, secrets, login } = split
  const { locale = 'en', selection, waitForChoice = false } = own
  return new SubmissionPool(selector, {
    ...numbers,
    waitForChoice,
    locale,
    clock: selection?.clock,
    transcript: logger && transcriptFor(logger, merged),
    onSecret: (credentials) => secrets.learn('pass' in credentials ? credentials.pass : credentials.accessToken),
    customLogin: customLoginOf(merged.customAuth, login.given, login.method),
    onAttempt: (attempt) => watch.attempted(attempt),
    onExhausted: (error) => watch.exhausted(error),
    onIdle: () => setImmediate(() => weak.deref()?.emit('idle')),
  })
}

/** Closes the connections of a transport that was garbage collected without `close()`. */
const forgotten = new FinalizationRegistry(({ pool, selector }: { readonly pool: SubmissionPool; readonly selector: EndpointSelector }) => {
  selector.close()
  pool.close(false)
})
