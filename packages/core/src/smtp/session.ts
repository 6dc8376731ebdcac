import type { Socket } from 'node:net'
import type { Endpoint } from '../endpoint.ts'
import { describeFailure, type Failure, type FailureCode, type Stage } from '../failure/failure.ts'
import { fromSystemError, plainTextErrors } from '../failure/from-system-error.ts'
import { SmtpError } from '../failure/smtp-error.ts'
import { redact } from '../settings/redact.ts'
import type { Credentials, LoginSettings } from '../settings/settings.ts'
import { abortError, type Bounds } from './bounded.ts'
import { type Offer, readOffer } from './capabilities.ts'
import { Cancellation, type CancelSignal, nativeSignal } from './cancellation.ts'
import { dialWithin } from './dial.ts'
import { mailFrom, rcptTo } from './envelope-commands.ts'
import { firstToConnect } from './first-to-connect.ts'
import { ignore } from './error-guard.ts'
import { Hello } from './hello.ts'
import type { Reply } from './reply.ts'
import { logIn } from './log-in.ts'
import { type Exchange, runLogin } from './run-login.ts'
import { PinnedCertificateSeen } from './pins.ts'
import { refusedBy } from './refused-by.ts'
import { resolveLogin } from './resolve-login.ts'
import { chooseMechanism } from './sasl.ts'
import { expectAccepted, type SenderAndRecipient } from './sender-check.ts'
import { SessionFailed } from './session-failed.ts'
import type { SessionOptions } from './session-options.ts'
import { ObservedTls, sanitise } from './observed-tls.ts'
import { sharedHandshake } from './shared-handshake.ts'
import { startTls } from './start-tls.ts'
import type { TlsReport } from './tls-report.ts'
import { type Transcript, Wire } from './wire.ts'

/** How long one stage took. */
export interface StageTime {
  /** The stage. `ehlo` occurs twice with STARTTLS, and once more where the server refused the first name. The stages up to `tls` occur once more
   * for each certificate of `tls.fingerprints` that is seen for the first time. */
  readonly stage: Stage
  /** Milliseconds, with one decimal. */
  readonly ms: number
}

/**
 * One connection to one endpoint, step by step: `greet`, `secure`, then for a probe `helloAndAuth` and `quit`. Each step is
 * timed and limited. If it fails, it rejects with `SessionFailed` and the connection is destroyed.
 */
export class Session {
  readonly endpoint: Endpoint
  readonly stages: StageTime[] = []
  /** When the session was created. */
  readonly startedAt = new Date()
  /** The remote address. */
  address: string | undefined
  greeting: string | undefined
  /** The offer before TLS. An attacker can change it, so it is only shown (RFC 3207 §4.2). */
  clearOffer: Offer | undefined
  /** The offer over the secured connection. */
  offer: Offer | undefined
  /** The server's last reply to a command. */
  lastReply: Reply | undefined
  /** The mechanism of the login that was attempted, successful or not. */
  mechanism: string | undefined
  readonly options: SessionOptions
  /** Receives the dialogue, if the options have a transcript. */
  readonly transcript: Transcript | undefined
  /** Everything to redact: the login of the settings, and the credentials returned by a function. */
  readonly #secrets: (LoginSettings | undefined)[]
  /** Called when a stage starts. */
  onStage: (stage: Stage) => void = ignore
  readonly #began = performance.now()
  /** Cancels the session's waits. Until `detach` is called, it follows the signal of the options. */
  readonly #cancellation = new Cancellation()
  #unfollow: () => void
  #wire: Wire | undefined
  #observedTls: ObservedTls | undefined
  #stage: Stage = 'dns'
  #stageBegan = this.#began
  #failedAfter: number | undefined
  readonly #hello: Hello

  constructor(endpoint: Endpoint, options: SessionOptions) {
    this.endpoint = endpoint
    this.options = options
    this.transcript = options.transcript?.(endpoint)
    this.#secrets = [options.settings.auth]
    this.#unfollow = this.#cancellation.follow(options.signal)
    this.#hello = new Hello(options, {
      step: (run) => this.#step('ehlo', run),
      exchange: (line) => this.#exchange(line),
      failed: (refusal) => {
        this.#stage = 'ehlo'
        return this.#failed(refusal)
      },
      destroy: () => this.destroy(),
    })
  }

  /** Stops following the signal of the options. Called when the session is handed over to another owner. */
  detach(): void {
    this.#unfollow()
    this.#unfollow = ignore
  }

  /** Aborts the current wait with this reason, and destroys the connection. */
  abort(reason: unknown): void {
    this.#cancellation.abort(reason)
    this.destroy()
  }

  /** The current stage, or the one in which the session ended. */
  get stage(): Stage {
    return this.#stage
  }

  /** Milliseconds since the session was created, or until it failed. */
  get elapsed(): number {
    return this.#failedAfter ?? roundedSince(this.#began)
  }

  /** Makes text from the server safe to display: control characters and echoed secrets are replaced. */
  readonly sanitise = (text: string): string => sanitise(this.#secrets, text)

  /** What is known about TLS. */
  get tlsReport(): TlsReport | undefined {
    return this.#observedTls?.report
  }

  /** Builds the TLS report when it is needed. It does not keep the rest of the session in memory. */
  get observedTls(): ObservedTls | undefined {
    return this.#observedTls
  }

  /** Whether the settings have a login. */
  get hasLogin(): boolean {
    return this.options.settings.auth !== undefined
  }

  /** Connects, with implicit TLS if the endpoint has it, and waits for the `220` greeting. */
  async greet(): Promise<void> {
    const { port, security } = this.endpoint
    const { budgets, dial, localAddress, resolve } = this.options
    const signal = this.#cancellation
    const connectBounds = () => this.#bounds(budgets.connect, 'connect-timeout')
    const dialling = signal.aborted ? undefined : dial?.(this.endpoint, nativeSignal(signal))
    let socket = dialling && (await this.#step('connect', () => dialWithin(dialling, connectBounds())))
    if (!socket) {
      const addresses = await this.#step('dns', () => resolve(this.#bounds(budgets.dns, 'dns-timeout')))
      socket = await this.#step('connect', () => firstToConnect(addresses, port, connectBounds(), { localAddress }))
    }
    this.address = socket.remoteAddress
    this.#wire = this.#wireOn(socket)
    if (security === 'implicit' && !(await this.#step('tls', () => this.#startTls('starttls-expected')))) return await this.greet()
    await this.#step('greeting', () => this.#readGreeting())
  }

  /** Upgrades the connection with STARTTLS, if the endpoint uses it. Only EHLO and STARTTLS are sent before that. */
  async secure(): Promise<void> {
    if (this.endpoint.security !== 'starttls') return
    this.clearOffer = await this.#hello.send(() => this.greet())
    await this.#step('starttls', async () => {
      if (!readOffer(this.clearOffer!).has('STARTTLS')) throw new SmtpError({ code: 'starttls-not-offered' })
      const reply = await this.#exchange('STARTTLS')
      // RFC 3207 §4: only 220 accepts STARTTLS, no other 2yz code.
      if (reply.code !== 220) throw refusedBy('starttls-rejected', reply, 'starttls')
      if (this.#wire!.hasUnread) throw new SmtpError({ code: 'starttls-injection' })
    })
    if (await this.#step('tls', () => this.#startTls('tls-handshake'))) return
    await this.greet()
    await this.secure()
  }

  /** Sends EHLO, then logs in, or only checks that a usable mechanism is offered. */
  async helloAndAuth(login: boolean): Promise<void> {
    await this.hello()
    await (login ? this.logIn() : this.checkLogin())
  }

  /** Sends EHLO over the secured connection: offers from before TLS must be discarded (RFC 3207 §4.2). */
  async hello(): Promise<void> {
    this.offer = await this.#hello.send(async () => {
      await this.greet()
      await this.secure()
    })
  }

  /** Checks that the server offers a mechanism for the login of the settings, without sending credentials. */
  async checkLogin(): Promise<void> {
    const { auth } = this.options.settings
    if (auth) await this.#step('auth', async () => void chooseMechanism(auth, this.#offered))
  }

  /**
   * Logs in with the login of the settings, if they have one. Call it after `hello`.
   *
   * @param signal aborts the login instead of the session's own signal, for a session that was handed over
   */
  async logIn(signal: CancelSignal = this.#cancellation): Promise<void> {
    const { auth } = this.options.settings
    if (!auth) return
    await this.#step('auth', async () => {
      // Checked first, so that the secret is requested only if it can be used.
      const mechanism = chooseMechanism(auth, this.#offered)
      await logIn(auth, this.#offered, {
        credentialsFor: async (renew) => {
          const credentials = await this.#resolveLogin(auth, renew, signal)
          if (credentials !== auth) this.#secrets.push(credentials)
          this.options.onSecret?.(credentials)
          this.mechanism = mechanism
          return credentials
        },
        exchange: (line) => this.#exchange(line, maskLogin(line), signal),
        host: this.endpoint.host,
      })
      this.transcript?.authenticated?.(auth.user, mechanism)
    })
  }

  /** The credentials, from the settings or the caller's function. Fails early if the connection closes before the function returns. */
  async #resolveLogin(auth: LoginSettings, renew: boolean, signal: CancelSignal): Promise<Credentials> {
    const { background, budgets } = this.options
    const asking = new Cancellation()
    const leave = asking.follow(signal)
    const { socket } = this.#wire!
    const onClose = () => asking.abort(CONNECTION_LOST)
    socket.once('close', onClose)
    try {
      return await resolveLogin(auth, { renew, ms: budgets.reply, signal: asking, background })
    } catch (error) {
      if (asking.reason !== CONNECTION_LOST) throw error
      // After a refused token, another port would not help. Without one, the connection was lost and the next port may work.
      throw new SmtpError(renew ? { code: 'auth-temporary', values: { source: 'auth.accessToken' } } : { code: 'connection-lost' })
    } finally {
      leave()
      socket.off('close', onClose)
    }
  }

  /**
   * Lets a function of the caller perform the login instead of `logIn`. Between two replies it has as much time as the server has for one.
   *
   * @param run sends lines and reads replies; if it rejects, the login has failed
   * @param explain returns the error of a failed login
   */
  async logInWith(run: (exchange: Exchange) => Promise<void>, explain: (error: unknown) => SmtpError, signal: CancelSignal = this.#cancellation): Promise<void> {
    await this.#step('auth', async () => {
      const exchange: Exchange = (line) => this.#exchange(line, maskLogin(line), signal)
      try {
        await runLogin(run, exchange, this.#wire!.socket, this.#bounds(this.options.budgets.reply, 'auth-temporary', signal))
      } catch (error) {
        throw explain(error)
      }
    })
  }

  /** Asks the server whether it accepts this sender and recipient. Sends MAIL, RCPT and RSET, and no message. */
  async checkSender({ from, to }: SenderAndRecipient): Promise<void> {
    const hasSmtpUtf8 = this.offer !== undefined && readOffer(this.offer).has('SMTPUTF8')
    const ask = async (line: string, stage: 'mail' | 'rcpt') => expectAccepted(await this.#exchange(line), stage, this.hasLogin)
    await this.#step('mail', () => ask(mailFrom(from, [to], hasSmtpUtf8), 'mail'))
    await this.#step('rcpt', async () => {
      await ask(rcptTo(to), 'rcpt')
      await this.#exchange('RSET')
    })
  }

  get #offered(): readonly string[] | undefined {
    const { authMethod } = this.options
    const offered = this.offer && readOffer(this.offer).get('AUTH')
    return authMethod ? offered?.filter((name) => name.toUpperCase() === authMethod.toUpperCase()) : offered
  }

  /** Whether the connection is open and the server has sent nothing unsolicited, such as a 421. */
  get isIdle(): boolean {
    const wire = this.#wire
    return wire !== undefined && !wire.socket.destroyed && !wire.socket.readableEnded && !wire.hasUnread
  }

  /** Sets whether the open connection keeps the process alive. */
  keepProcess(keep: boolean): void {
    if (keep) this.#wire?.socket.ref()
    else this.#wire?.socket.unref()
  }

  /** The failure the current wait would have if it were aborted now with this reason. */
  pendingFailure(reason: unknown): Failure {
    const timeout = timeouts[this.#stage] ?? 'reply-timeout'
    return this.#explain(abortError({ reason }, timeout, performance.now() - this.#stageBegan))
  }

  /** Whether the server has sent anything. */
  get hasReceived(): boolean {
    return (this.#wire?.socket.bytesRead ?? 0) > 0
  }

  /** Writes a line without waiting for a reply. */
  send(line: string): void {
    this.#wire?.write(line)
  }

  /** Sends QUIT and closes the connection without waiting for the reply. */
  quit(): void {
    if (!this.#wire) return
    const socket = this.release()
    socket.on('error', ignore)
    if (!socket.destroyed) socket.end('QUIT\r\n', () => socket.destroy())
  }

  /** Releases the socket to its next owner. */
  release(): Socket {
    const socket = this.#wire!.release()
    this.detach()
    // A report may keep the session in memory long after its connection.
    this.#wire = undefined
    return socket
  }

  destroy(): void {
    this.#wire?.socket.destroy()
  }

  async #readGreeting(): Promise<void> {
    let reply: Reply
    try {
      reply = await this.#wire!.reply(this.#bounds(this.options.budgets.greeting, 'greeting-timeout'))
    } catch (error) {
      // The first line is not an SMTP reply.
      if (error instanceof SmtpError && error.facts.code === 'protocol-error') throw new SmtpError({ code: 'not-smtp' })
      throw error
    }
    if (reply.code !== 220) throw refusedBy('greeting-rejected', reply, 'greeting')
    this.greeting = reply.lines.join('\n')
  }

  /** @returns whether it succeeded; otherwise a new connection can trust the certificate of the server */
  async #startTls(whenPlain: FailureCode): Promise<boolean> {
    const { settings, budgets, clock, report = false } = this.options
    const plain = this.#wire!.release().on('error', ignore)
    // During the handshake only the TLS socket may be destroyed: Node 20 crashes if the underlying socket is destroyed then, or
    // was before.
    this.#wire = undefined
    try {
      if (plain.destroyed) throw new SmtpError({ code: 'connection-lost' })
      const secured = await startTls(plain, this.endpoint.host, settings.tls, this.#bounds(budgets.tls, 'reply-timeout'), {
        withChain: report,
        roundTrip: Math.min(...this.stages.filter(({ stage }) => stage !== 'dns').map(({ ms }) => ms)),
        onHandshake: (handshake) => {
          this.#observedTls = new ObservedTls(report ? handshake : sharedHandshake(handshake), clock.now(), this.#secrets)
        },
      })
      this.#wire = this.#wireOn(secured)
      this.#observedTls?.setVerification(secured.authorized, fromSystemError({ code: secured.authorizationError }, 'tls-handshake').code)
      return true
    } catch (error) {
      setImmediate(() => plain.destroy())
      // Thrown once for each pinned certificate, so the fingerprints limit how often.
      if (error instanceof PinnedCertificateSeen) return false
      if (error instanceof SmtpError) this.#observedTls?.setVerification(false, error.facts.code)
      if (error instanceof SmtpError && plainTextErrors.has(error.facts.systemCode ?? '')) {
        throw new SmtpError({ ...error.facts, code: whenPlain })
      }
      throw error
    }
  }

  #wireOn(socket: Socket): Wire {
    const { transcript } = this
    return new Wire(socket, transcript && { client: transcript.client, server: (line) => transcript.server(this.#redact(line)) })
  }

  /** Replaces the secret of the login in a line of the server, which may echo it. */
  #redact(line: string): string {
    return this.#secrets.reduce(redact, line)
  }

  async #exchange(line: string, logged = line, signal: CancelSignal = this.#cancellation): Promise<Reply> {
    // A login must not be sent once another has been refused.
    if (signal.aborted) throw abortError(signal, 'reply-timeout', 0)
    this.#wire!.write(line, logged)
    this.lastReply = await this.#wire!.reply(this.#bounds(this.options.budgets.reply, 'reply-timeout', signal))
    return this.lastReply
  }

  #bounds(ms: number, timeout: FailureCode, signal: CancelSignal = this.#cancellation): Bounds {
    const { background, longestWait = Infinity } = this.options
    return { ms: Math.min(ms, longestWait), timeout, signal, background }
  }

  async #step<T>(stage: Stage, run: () => Promise<T>): Promise<T> {
    this.#stage = stage
    this.onStage(stage)
    const began = (this.#stageBegan = performance.now())
    try {
      return await run()
    } catch (error) {
      this.destroy()
      this.detach()
      this.#failedAfter = roundedSince(this.#began)
      // With TLS 1.3, a refused client certificate is reported after the handshake, in the next stage (RFC 8446 §4.4.2.4).
      if (stage !== 'auth' && error instanceof SmtpError && error.facts.systemCode?.includes('_ALERT_')) this.#stage = 'tls'
      if (!(error instanceof SmtpError)) throw error
      throw this.#failed(error)
    } finally {
      this.#record(stage, roundedSince(began))
    }
  }

  /** Checking for a mechanism and then logging in count as one stage. */
  #record(stage: Stage, ms: number): void {
    const last = this.stages.at(-1)
    if (stage === 'auth' && last?.stage === stage) this.stages[this.stages.length - 1] = { stage, ms: last.ms + ms }
    else this.stages.push({ stage, ms })
  }

  #failed(error: SmtpError): SessionFailed {
    return new SessionFailed(error.facts.code, () => this.#explain(error), this.lastReply, error.cause)
  }

  #explain({ facts }: SmtpError): Failure {
    const { names, ...values } = facts.values ?? {}
    const sanitised = names === undefined ? values : { ...values, names: this.sanitise(String(names)) }
    return describeFailure({ ...facts, values: sanitised, stage: this.#stage }, this.endpoint, this.options.locale)
  }
}

/** The timeout code of each stage; `reply-timeout` for the others. */
const timeouts: Readonly<Partial<Record<Stage, FailureCode>>> = {
  dns: 'dns-timeout',
  connect: 'connect-timeout',
  greeting: 'greeting-timeout',
}

/** A line of a login for the transcript: `AUTH` and the mechanism, without any response. */
function maskLogin(line: string): string {
  return /^AUTH \S+/.exec(line)?.[0].concat(line.split(' ').length > 2 ? ' /* secret */' : '') ?? '/* secret */'
}

/** The abort reason for the caller's secret function when the connection was closed. */
const CONNECTION_LOST = Symbol('connection lost')

function roundedSince(began: number): number {
  return Math.round((performance.now() - began) * 10) / 10
}
