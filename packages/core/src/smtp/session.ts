import type { Socket } from 'node:net'
import { defaultClientName } from '../client-name.ts'
import type { Endpoint } from '../endpoint.ts'
import { describeFailure, type Failure, type FailureCode, type Stage } from '../failure/failure.ts'
import { fromSystemError, plainAnswers } from '../failure/from-system-error.ts'
import { SmtpError } from '../failure/smtp-error.ts'
import { redact } from '../settings/redact.ts'
import type { Credentials, LoginSettings } from '../settings/settings.ts'
import { printable } from '../text/printable.ts'
import { abortError, type Bounds } from './bounded.ts'
import { type Offer, readOffer } from './capabilities.ts'
import { Cancellation, type CancelSignal, nativeSignal } from './cancellation.ts'
import { dialled } from './dial.ts'
import { firstToConnect } from './first-to-connect.ts'
import { ignore } from './minded.ts'
import type { Reply } from './reply.ts'
import { logIn } from './log-in.ts'
import { resolveLogin } from './resolve-login.ts'
import { chooseMechanism } from './sasl.ts'
import type { SessionOptions } from './session-options.ts'
import { type Handshake, startTls } from './start-tls.ts'
import { describeTls, type TlsReport } from './tls-report.ts'
import { type Transcript, Wire } from './wire.ts'

/** How long one stage took. */
export interface StageTime {
  /** The stage; `ehlo` comes twice with STARTTLS. */
  readonly stage: Stage
  /** Milliseconds, to a tenth. */
  readonly ms: number
}

/** Rejects a step of a session. It is put into words when somebody asks, as there may be more urgent things to do. */
export class SessionFailed extends Error {
  readonly #explain: () => Failure
  #failure: Failure | undefined

  constructor(explain: () => Failure) {
    super('The session failed.')
    this.#explain = explain
  }

  get failure(): Failure {
    return (this.#failure ??= this.#explain())
  }
}

/**
 * One connection to one endpoint, step by step: `greet`, `secure`, and for those who examine it `prove` and `quit`. Each
 * step is timed, bounded and rejects with `SessionFailed`, after which the connection is gone.
 */
export class Session {
  readonly endpoint: Endpoint
  readonly stages: StageTime[] = []
  /** When the session began. */
  readonly startedAt = new Date()
  /** The address that answered. */
  address: string | undefined
  greeting: string | undefined
  /** What the server offered before TLS. It may have been tampered with, and is for show alone (RFC 3207 §4.2). */
  clearOffer: Offer | undefined
  /** What the server offers over the secured connection. */
  offer: Offer | undefined
  /** The server's last reply to a command. */
  lastReply: Reply | undefined
  /** The mechanism of the login that was made, whatever became of it. */
  mechanism: string | undefined
  readonly options: SessionOptions
  /** Receives the dialogue. */
  readonly transcript: Transcript | undefined
  /** The login of the settings, and the credentials that a function gave. */
  readonly #secrets: (LoginSettings | undefined)[]
  /** Called with each stage as it begins. */
  onStage: (stage: Stage) => void = ignore
  readonly #began = performance.now()
  /** Cancels the session's waits: by itself, or with the signal of its options until `detach` is called. */
  readonly #cancellation = new Cancellation()
  #unfollow: () => void
  #wire: Wire | undefined
  #handshake: { readonly of: Handshake; readonly at: number } | undefined
  #verdict: Pick<TlsReport, 'verified' | 'unverified'> | undefined
  #stage: Stage = 'dns'
  #stageBegan = this.#began
  #failedAfter: number | undefined

  constructor(endpoint: Endpoint, options: SessionOptions) {
    this.endpoint = endpoint
    this.options = options
    this.transcript = options.transcript?.(endpoint)
    this.#secrets = [options.settings.auth]
    this.#unfollow = this.#cancellation.follow(options.signal)
  }

  /** The signal of the options no longer ends the session. Call it when the session is handed over by the code that opened it. */
  detach(): void {
    this.#unfollow()
    this.#unfollow = ignore
  }

  /** Ends what the session waits for, with this reason, and the connection. */
  abort(reason: unknown): void {
    this.#cancellation.abort(reason)
    this.destroy()
  }

  /** The stage the session is in, or ended in. */
  get stage(): Stage {
    return this.#stage
  }

  /** Milliseconds since the session began; until it failed, if it did. */
  get elapsed(): number {
    return this.#failedAfter ?? roundedSince(this.#began)
  }

  /** What the server wrote, made safe to show: without the secret, even where it echoes it. */
  readonly shown = (text: string): string => showWithout(this.#secrets, text)

  /** What was seen of TLS. */
  get tlsSeen(): TlsReport | undefined {
    return this.describeTls()
  }

  /** Describes TLS when it is called: until then there are more urgent things to do. Keeps nothing else of the session. */
  get describeTls(): () => TlsReport | undefined {
    const [handshake, verdict, secrets] = [this.#handshake, this.#verdict, this.#secrets]
    return () => handshake && { ...describeTls(handshake.of, handshake.at, (text) => showWithout(secrets, text)), ...verdict }
  }

  /** Whether a login is among the settings. */
  get hasLogin(): boolean {
    return this.options.settings.auth !== undefined
  }

  /** Connects and waits for the `220`: from then on the server is known to be one. */
  async greet(): Promise<void> {
    const { port, security } = this.endpoint
    const { budgets, dial, localAddress, resolve } = this.options
    const signal = this.#cancellation
    const toConnect = () => this.#bounds(budgets.connect, 'connect-timeout')
    const dialling = signal.aborted ? undefined : dial?.(this.endpoint, nativeSignal(signal))
    let socket = dialling && (await this.#step('connect', () => dialled(dialling, toConnect())))
    if (!socket) {
      const addresses = await this.#step('dns', () => resolve(this.#bounds(budgets.dns, 'dns-timeout')))
      socket = await this.#step('connect', () => firstToConnect(addresses, port, toConnect(), { localAddress }))
    }
    this.address = socket.remoteAddress
    this.#wire = this.#wireOn(socket)
    if (security === 'implicit') await this.#step('tls', () => this.#startTls('starttls-expected'))
    await this.#step('greeting', () => this.#readGreeting())
  }

  /** Brings the connection under TLS, if it is not yet. Nothing is said before that but EHLO and STARTTLS. */
  async secure(): Promise<void> {
    if (this.endpoint.security !== 'starttls') return
    await this.#step('ehlo', async () => {
      this.clearOffer = await this.#ehlo()
    })
    await this.#step('starttls', async () => {
      if (!readOffer(this.clearOffer!).has('STARTTLS')) throw new SmtpError({ code: 'starttls-not-offered' })
      const reply = await this.#exchange('STARTTLS')
      // RFC 3207 §4: 220 alone is a yes, whatever else begins with a 2.
      if (reply.code !== 220) throw refused('starttls-rejected', reply)
      if (this.#wire!.hasUnread) throw new SmtpError({ code: 'starttls-injection' })
    })
    await this.#step('tls', () => this.#startTls('tls-handshake'))
  }

  /** Sends EHLO, and then makes the login, or only checks that it could be made. */
  async prove(login: boolean): Promise<void> {
    await this.hello()
    await (login ? this.logIn() : this.checkLogin())
  }

  /** Asks what the server offers now: over TLS the client starts from nothing (RFC 3207 §4.2). */
  async hello(): Promise<void> {
    await this.#step('ehlo', async () => {
      this.offer = await this.#ehlo()
    })
  }

  /** Checks that the server offers a mechanism for the login of the settings. No credential is sent. */
  async checkLogin(): Promise<void> {
    const { auth } = this.options.settings
    if (auth) await this.#step('auth', async () => void chooseMechanism(auth, this.#offered))
  }

  /**
   * Makes the login of the settings, once. Without one it does nothing. To be called after `hello`.
   *
   * @param signal aborts the login in place of the session's own signal, which a session that was handed over has no more
   */
  async logIn(signal: CancelSignal = this.#cancellation): Promise<void> {
    const { auth } = this.options.settings
    if (!auth) return
    await this.#step('auth', async () => {
      // A secret is asked for only where it can be used.
      const mechanism = chooseMechanism(auth, this.#offered)
      await logIn(auth, this.#offered, {
        ask: async (renew) => {
          const credentials = await this.#resolveLogin(auth, renew, signal)
          this.#secrets.push(credentials)
          this.options.onSecret?.(credentials)
          this.mechanism = mechanism
          return credentials
        },
        exchange: (line) => this.#exchange(line, maskLogin(line), signal),
      })
      this.transcript?.authenticated?.(auth.user, mechanism)
    })
  }

  /** The credentials, from the settings or the caller's function. The server may end the connection while the function is waited for. */
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
      // A token that was refused is missing on every port; one that was not asked for yet can be used on the next.
      throw new SmtpError(renew ? { code: 'auth-temporary', values: { source: 'auth.accessToken' } } : { code: 'connection-lost' })
    } finally {
      leave()
      socket.off('close', onClose)
    }
  }

  /**
   * Lets a function of the caller's make the login, in the place of `logIn`.
   *
   * @param run sends lines and reads the replies; what it rejects with is the outcome
   */
  async logInBy(run: (exchange: (line: string) => Promise<Reply>) => Promise<void>, signal: CancelSignal = this.#cancellation): Promise<void> {
    await this.#step('auth', () => run((line) => this.#exchange(line, maskLogin(line), signal)))
  }

  get #offered(): readonly string[] | undefined {
    const { authMethod } = this.options
    const offered = this.offer && readOffer(this.offer).get('AUTH')
    return authMethod ? offered?.filter((name) => name.toUpperCase() === authMethod.toUpperCase()) : offered
  }

  /** Whether the connection is open and the server has sent nothing that was not asked for, such as a 421. */
  get isIdle(): boolean {
    const wire = this.#wire
    return wire !== undefined && !wire.socket.destroyed && !wire.socket.readableEnded && !wire.hasUnread
  }

  /** Whether the open connection keeps the process running. */
  keepProcess(keep: boolean): void {
    if (keep) this.#wire?.socket.ref()
    else this.#wire?.socket.unref()
  }

  /** The failure of the wait that is under way, if it ended now for this reason. */
  pendingFailure(reason: unknown): Failure {
    const timeout = timeouts[this.#stage] ?? 'reply-timeout'
    return this.#explain(abortError({ reason }, timeout, performance.now() - this.#stageBegan))
  }

  /** Whether the server has said anything. */
  get heard(): boolean {
    return (this.#wire?.socket.bytesRead ?? 0) > 0
  }

  /** Says something without being asked to. */
  say(line: string): void {
    this.#wire?.write(line)
  }

  /** Takes leave. The server has nothing more to say that matters, so its answer is not waited for. */
  quit(): void {
    if (!this.#wire) return
    const socket = this.release()
    socket.on('error', ignore)
    if (!socket.destroyed) socket.end('QUIT\r\n', () => socket.destroy())
  }

  /** Hands the connection to whoever goes on with it. */
  release(): Socket {
    const socket = this.#wire!.release()
    this.detach()
    // Reports may keep the session long after its connection.
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
      // Whatever speaks here, what it says first is not SMTP.
      if (error instanceof SmtpError && error.facts.code === 'protocol-error') throw new SmtpError({ code: 'not-smtp' })
      throw error
    }
    if (reply.code !== 220) throw refused('greeting-rejected', reply)
    this.greeting = reply.lines.join('\n')
  }

  async #ehlo(): Promise<Offer> {
    const reply = await this.#exchange(`EHLO ${this.options.settings.clientName ?? defaultClientName()}`)
    // There is no way back to HELO: it cannot ask for TLS.
    if (reply.code !== 250) throw refused('ehlo-rejected', reply)
    return reply.lines.slice(1)
  }

  async #startTls(whenPlain: FailureCode): Promise<void> {
    const { settings, budgets, clock, report = false } = this.options
    const plain = this.#wire!.release().on('error', ignore)
    // Until the handshake is over the TLS socket owns the connection: Node 20 crashes when the one below it is destroyed
    // meanwhile, or was before.
    this.#wire = undefined
    try {
      if (plain.destroyed) throw new SmtpError({ code: 'connection-lost' })
      const secured = await startTls(plain, this.endpoint.host, settings.tls, this.#bounds(budgets.tls, 'reply-timeout'), {
        whole: report,
        roundTrip: Math.min(...this.stages.filter(({ stage }) => stage !== 'dns').map(({ ms }) => ms)),
        onHandshake: (handshake) => {
          this.#handshake = { of: report ? handshake : withoutKeys(handshake), at: clock.now() }
        },
      })
      this.#wire = this.#wireOn(secured)
      this.#judge(secured.authorized, fromSystemError({ code: secured.authorizationError }, 'tls-handshake').code)
    } catch (error) {
      setImmediate(() => plain.destroy())
      if (error instanceof SmtpError) this.#judge(false, error.facts.code)
      if (error instanceof SmtpError && plainAnswers.has(error.facts.systemCode ?? '')) {
        throw new SmtpError({ ...error.facts, code: whenPlain })
      }
      throw error
    }
  }

  #judge(verified: boolean, otherwise: FailureCode): void {
    this.#verdict = { verified, ...(!verified && { unverified: otherwise }) }
  }

  #wireOn(socket: Socket): Wire {
    const { transcript } = this
    return new Wire(socket, transcript && { client: transcript.client, server: (line) => transcript.server(this.#masked(line)) })
  }

  /** A server's line without the login's secret, however often the server repeats it. */
  #masked(line: string): string {
    return this.#secrets.reduce(redact, line)
  }

  #exchange(line: string, shown = line, signal?: CancelSignal): Promise<Reply> {
    this.#wire!.write(line, shown)
    const reply = this.#wire!.reply(this.#bounds(this.options.budgets.reply, 'reply-timeout', signal))
    return reply.then((one) => (this.lastReply = one))
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
      // TLS 1.3 refuses a client behind its handshake, when the next stage has begun (RFC 8446 §4.4.2.4).
      if (stage !== 'auth' && error instanceof SmtpError && error.facts.systemCode?.includes('_ALERT_')) this.#stage = 'tls'
      if (!(error instanceof SmtpError)) throw error
      throw new SessionFailed(() => this.#explain(error))
    } finally {
      this.#record(stage, roundedSince(began))
    }
  }

  /** A login that was checked first and then made is one stage. */
  #record(stage: Stage, ms: number): void {
    const last = this.stages.at(-1)
    if (stage === 'auth' && last?.stage === stage) this.stages[this.stages.length - 1] = { stage, ms: last.ms + ms }
    else this.stages.push({ stage, ms })
  }

  #explain({ facts }: SmtpError): Failure {
    const { names, ...values } = facts.values ?? {}
    const shown = names === undefined ? values : { ...values, names: this.shown(String(names)) }
    return describeFailure({ ...facts, values: shown, stage: this.#stage }, this.endpoint, this.options.locale)
  }
}

/** What a stage that does not end is called; `reply-timeout` for the others. */
const timeouts: Readonly<Partial<Record<Stage, FailureCode>>> = {
  dns: 'dns-timeout',
  connect: 'connect-timeout',
  greeting: 'greeting-timeout',
}

/** A line of a login as a transcript shows it: `AUTH PLAIN …` without what follows the mechanism. */
function maskLogin(line: string): string {
  return /^AUTH \S+/.exec(line)?.[0].concat(line.split(' ').length > 2 ? ' /* secret */' : '') ?? '/* secret */'
}

/** Why a function that gives a secret is no longer waited for. */
const CONNECTION_LOST = Symbol('connection lost')

function showWithout(secrets: readonly (LoginSettings | undefined)[], text: string): string {
  return printable(secrets.reduce(redact, text))
}

/** What a report shows of a certificate. The rest takes several times as much memory, for as long as the rung is known. */
function withoutKeys({ protocol, cipher, certificate }: Handshake): Handshake {
  const { subject, issuer, subjectaltname, valid_from, valid_to, fingerprint256 } = certificate
  return { protocol, cipher, certificate: { subject, issuer, subjectaltname, valid_from, valid_to, fingerprint256 } }
}

function refused(code: FailureCode, reply: Reply): SmtpError {
  return new SmtpError({ code, replyCode: reply.code, enhancedCode: reply.enhancedCode })
}

function roundedSince(began: number): number {
  return Math.round((performance.now() - began) * 10) / 10
}
