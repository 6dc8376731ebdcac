import type { Socket } from 'node:net'
import type { Endpoint } from '../endpoint.ts'
import { describeFailure, type Failure, type FailureCode, type Stage } from '../failure/failure.ts'
import { plainAnswers } from '../failure/from-system-error.ts'
import { SmtpError } from '../failure/smtp-error.ts'
import type { Credentials, TlsSettings } from '../settings/settings.ts'
import type { Locale } from '../text/index.ts'
import type { Bounds } from './bounded.ts'
import type { Budgets } from './budgets.ts'
import { type Capabilities, parseCapabilities } from './capabilities.ts'
import { type Dial, dialled } from './dial.ts'
import { firstToConnect } from './first-to-connect.ts'
import type { Reply } from './reply.ts'
import { type Address, resolveHost } from './resolve.ts'
import { chooseMechanism, loginDialogue, type LoginResult } from './sasl.ts'
import { startTls } from './start-tls.ts'
import { describeTls, type TlsReport } from './tls-report.ts'
import { Wire } from './wire.ts'

export interface SessionOptions {
  readonly clientName: string
  readonly tls: TlsSettings | undefined
  readonly budgets: Budgets
  readonly locale: Locale
  readonly signal: AbortSignal
  /** Whether the session may not hold the process open. */
  readonly background?: boolean | undefined
  readonly dial?: Dial | undefined
  /** Looks the host up; a race hands one look-up to all its rungs. */
  readonly resolve?: ((bounds: Bounds) => Promise<readonly Address[]>) | undefined
}

/** How long one stage took. */
export interface StageTime {
  /** The stage; `ehlo` comes twice with STARTTLS. */
  readonly stage: Stage
  /** Milliseconds, to a tenth. */
  readonly ms: number
}

/** Rejects a step of a session; the failure is in words already. */
export class SessionFailed extends Error {
  readonly failure: Failure

  constructor(failure: Failure) {
    super(failure.message)
    this.failure = failure
  }
}

/**
 * One connection to one endpoint, step by step: `greet`, `secure`, and for those who examine it `hello`, `login`,
 * `quit`. Each step is timed, bounded and rejects with `SessionFailed`, after which the connection is gone.
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
  clearCapabilities: Capabilities | undefined
  /** What the server offers over the secured connection. */
  capabilities: Capabilities | undefined
  /** What was seen of TLS. */
  tlsSeen: TlsReport | undefined
  loggedIn: LoginResult | undefined
  /** Is told of each stage as it begins. */
  onStage: (stage: Stage) => void = () => {}
  readonly #options: SessionOptions
  readonly #began = performance.now()
  #wire: Wire | undefined
  #stage: Stage = 'dns'
  #failedAfter: number | undefined

  constructor(endpoint: Endpoint, options: SessionOptions) {
    this.endpoint = endpoint
    this.#options = options
  }

  /** The stage the session is in, or ended in. */
  get stage(): Stage {
    return this.#stage
  }

  /** Milliseconds since the session began; until it failed, if it did. */
  get elapsed(): number {
    return this.#failedAfter ?? roundedSince(this.#began)
  }

  /** Connects and waits for the `220`: from then on the server is known to be one. */
  async greet(): Promise<void> {
    const { host, port, security } = this.endpoint
    const { budgets, dial, resolve = (bounds) => resolveHost(host, bounds), tls } = this.#options
    const toConnect = () => this.#bounds(budgets.connect, 'connect-timeout')
    const { signal } = this.#options
    const dialling = signal.aborted ? undefined : dial?.(this.endpoint, signal)
    let socket: Socket
    if (dialling) {
      socket = await this.#step('connect', () => dialled(dialling, toConnect()))
    } else {
      const addresses = await this.#step('dns', () => resolve(this.#bounds(budgets.dns, 'dns-timeout')))
      socket = await this.#step('connect', () => firstToConnect(addresses, port, toConnect()))
    }
    this.address = socket.remoteAddress
    this.#wire = new Wire(socket)
    if (security === 'implicit') await this.#step('tls', () => this.#startTls(host, tls, 'starttls-expected'))
    await this.#step('greeting', () => this.#readGreeting())
  }

  /** Brings the connection under TLS, if it is not yet. Nothing is said before that but EHLO and STARTTLS. */
  async secure(): Promise<void> {
    if (this.endpoint.security !== 'starttls') return
    await this.#step('ehlo', async () => {
      this.clearCapabilities = await this.#ehlo()
    })
    await this.#step('starttls', async () => {
      if (!this.clearCapabilities?.has('STARTTLS')) throw new SmtpError({ code: 'starttls-not-offered' })
      const reply = await this.#exchange('STARTTLS')
      // RFC 3207 §4: 220 alone is a yes, whatever else begins with a 2.
      if (reply.code !== 220) throw refused('starttls-rejected', reply)
      if (this.#wire!.hasUnread) throw new SmtpError({ code: 'starttls-injection' })
    })
    await this.#step('tls', () => this.#startTls(this.endpoint.host, this.#options.tls, 'tls-handshake'))
  }

  /** Asks what the server offers now: over TLS it starts from nothing (RFC 3207 §4.2). */
  async hello(): Promise<void> {
    await this.#step('ehlo', async () => {
      this.capabilities = await this.#ehlo()
    })
  }

  /** Logs in, once. */
  async login(auth: Credentials): Promise<void> {
    await this.#step('auth', async () => {
      const dialogue = loginDialogue(auth, this.#offered)
      let step = dialogue.next()
      while (!step.done) step = dialogue.next(await this.#exchange(step.value))
      this.loggedIn = step.value
    })
  }

  /** Sees to it that these credentials could be used here, and sends none of them. */
  async expectLogin(auth: Credentials): Promise<void> {
    await this.#step('auth', async () => void chooseMechanism(auth, this.#offered))
  }

  get #offered(): readonly string[] | undefined {
    return this.capabilities?.get('AUTH')
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
    const socket = this.#wire?.release()
    if (!socket) return
    socket.on('error', () => {})
    if (!socket.destroyed) socket.end('QUIT\r\n', () => socket.destroy())
  }

  /** Hands the connection to whoever goes on with it. */
  release(): Socket {
    return this.#wire!.release()
  }

  destroy(): void {
    this.#wire?.socket.destroy()
  }

  async #readGreeting(): Promise<void> {
    let reply: Reply
    try {
      reply = await this.#wire!.reply(this.#bounds(this.#options.budgets.greeting, 'greeting-timeout'))
    } catch (error) {
      // Whatever speaks here, what it says first is not SMTP.
      if (error instanceof SmtpError && error.facts.code === 'protocol-error') throw new SmtpError({ code: 'not-smtp' })
      throw error
    }
    if (reply.code !== 220) throw refused('greeting-rejected', reply)
    this.greeting = reply.lines.join('\n')
  }

  async #ehlo(): Promise<Capabilities> {
    const reply = await this.#exchange(`EHLO ${this.#options.clientName}`)
    // There is no way back to HELO: it cannot ask for TLS.
    if (reply.code !== 250) throw refused('ehlo-rejected', reply)
    return parseCapabilities(reply)
  }

  async #startTls(host: string, tls: TlsSettings | undefined, whenPlain: FailureCode): Promise<void> {
    const plain = this.#wire!.release().on('error', () => {})
    // Until the handshake is over the TLS socket owns the connection: Node 20 crashes when the one below it is destroyed
    // meanwhile, or was before.
    this.#wire = undefined
    try {
      if (plain.destroyed) throw new SmtpError({ code: 'connection-lost' })
      const secured = await startTls(plain, host, tls, this.#bounds(this.#options.budgets.tls, 'reply-timeout'))
      this.#wire = new Wire(secured)
      this.tlsSeen = describeTls(secured)
    } catch (error) {
      setImmediate(() => plain.destroy())
      if (error instanceof SmtpError && plainAnswers.has(error.facts.systemCode ?? '')) {
        throw new SmtpError({ ...error.facts, code: whenPlain })
      }
      throw error
    }
  }

  #exchange(line: string): Promise<Reply> {
    this.#wire!.write(line)
    return this.#wire!.reply(this.#bounds(this.#options.budgets.reply, 'reply-timeout'))
  }

  #bounds(ms: number, timeout: FailureCode): Bounds {
    const { signal, background } = this.#options
    return { ms, timeout, signal, background }
  }

  async #step<T>(stage: Stage, run: () => Promise<T>): Promise<T> {
    this.#stage = stage
    this.onStage(stage)
    const began = performance.now()
    try {
      return await run()
    } catch (error) {
      this.destroy()
      this.#failedAfter = roundedSince(this.#began)
      throw new SessionFailed(this.#explain(error, stage))
    } finally {
      this.stages.push({ stage, ms: roundedSince(began) })
    }
  }

  #explain(error: unknown, stage: Stage): Failure {
    if (!(error instanceof SmtpError)) throw error
    return describeFailure({ ...error.facts, stage }, this.endpoint, this.#options.locale)
  }
}

function refused(code: FailureCode, reply: Reply): SmtpError {
  return new SmtpError({ code, replyCode: reply.code, enhancedCode: reply.enhancedCode })
}

function roundedSince(began: number): number {
  return Math.round((performance.now() - began) * 10) / 10
}
