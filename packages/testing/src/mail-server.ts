import {
  SMTPServer,
  type SMTPServerAuthentication,
  type SMTPServerDataStream,
  type SMTPServerSession,
} from 'smtp-server'
import type { SecureContextOptions } from 'node:tls'
import type { Socket } from 'node:net'
import { setImmediate as nextIteration } from 'node:timers/promises'
import type { HeldReplies } from './held-replies.ts'
import type { Limiter } from './limiter.ts'
import { MailConnection } from './mail-connection.ts'
import type { Mailbox } from './mailbox.ts'
import type { NominalPort } from './nominal-port.ts'
import { refusal, type Step, type StepContext, type StepHandlers, type StepResult } from './step-handler.ts'
import type { Users } from './users.ts'

/** The optional properties are set by faults. */
export interface ServerBehavior {
  /** TLS from the first byte. */
  readonly implicit: boolean
  readonly tls: SecureContextOptions
  readonly handlers?: StepHandlers
  /** Work without encryption: STARTTLS is neither offered nor required. */
  readonly cleartext?: boolean
  /** Neither offer nor require a login. */
  readonly noAuth?: boolean
}

/** Shared by all servers of a provider. */
export interface ServerContext {
  readonly mailbox: Mailbox
  readonly users: Users
  readonly limiter: Limiter
  readonly heldReplies: Readonly<Record<NominalPort, HeldReplies>>
  readonly requireAuth: boolean
  readonly pipelining: boolean
  readonly chunking: boolean
}

/** A mail server without a port: connections are passed to `accept`. */
export class MailServer extends SMTPServer {
  readonly #port: NominalPort
  readonly #behavior: ServerBehavior
  readonly #context: ServerContext
  /** By session id. smtp-server's own list leaves out half-closed connections. */
  readonly #open = new Map<string, MailConnection>()

  constructor(port: NominalPort, behavior: ServerBehavior, context: ServerContext) {
    super({
      name: 'mail.postern.test',
      ...behavior.tls,
      secure: behavior.implicit,
      hideSTARTTLS: behavior.cleartext,
      disabledCommands: behavior.noAuth ? ['AUTH'] : [],
      authMethods: ['PLAIN', 'LOGIN', 'XOAUTH2'],
      // Required at MAIL below. smtp-server would also count unauthenticated commands and disconnect.
      authOptional: true,
      hideENHANCEDSTATUSCODES: false,
      hidePIPELINING: !context.pipelining,
      disableReverseLookup: true,
      size: MAX_MESSAGE_SIZE,
      socketTimeout: IDLE_TIMEOUT,
      logger: false,
      onConnect: (session, done) => this.#finish('greeting', session, done),
      onAuth: (login, session, done) => this.#login(login, session, done),
      onMailFrom: (_address, session, done) => done(this.#checkMail(session)),
      onData: (stream, session, done) => void this.#receive(stream, session, done),
      onClose: ({ id }) => this.#onClose(id),
    })
    this.#port = port
    this.#behavior = behavior
    this.#context = context
    // Connection errors are reported by the client under test.
    this.on('error', () => {})
  }

  accept(socket: Socket): void {
    this.server.emit('connection', socket)
  }

  /**
   * Destroys every connection by its outermost socket: Node crashes if the socket under a TLS handshake is destroyed
   * first. It also crashes if a handshake starts on a destroyed socket, so wait for the handshakes that smtp-server has
   * scheduled for the next event loop iteration.
   */
  async destroyConnections(): Promise<void> {
    await nextIteration()
    // oxlint-disable-next-line no-underscore-dangle -- the only access to a handshake on an implicit-TLS port
    for (const socket of this._pendingSockets.values()) socket.destroy()
    for (const connection of this.#open.values()) connection.drop()
  }

  override connect(socket: Socket, options: unknown): void {
    const { handlers, cleartext: allowCleartext = false } = this.#behavior
    const { chunking, heldReplies, limiter } = this.#context
    const onEarlyAuth = (mechanism: string) =>
      this.#context.users.record({ port: this.#port, user: undefined, ok: false, mechanism, secure: false })
    const connectionOptions = { allowCleartext, chunking, heldReplies: heldReplies[this.#port], onEarlyAuth }
    const connection = new MailConnection(this, socket, options, connectionOptions)
    connection.handlers = { ...handlers, ...limiter.addConnection(connection.id, this.#port) }
    this.connections.add(connection)
    this.#open.set(connection.id, connection)
    connection.on('error', () => {})
    connection.init()
  }

  #onClose(id: string): void {
    this.#open.delete(id)
    this.#context.limiter.removeConnection(id)
  }

  /** Runs the step's handler, if any, and ends the step unless the handler replies itself. */
  #finish(step: Step, session: SMTPServerSession, done: (error?: Error) => void): void {
    const result = this.#handle(step, session, { proceed: done })
    if (result !== 'no-reply') done(result)
  }

  #handle(step: Step, session: SMTPServerSession, more: Partial<StepContext> = {}): StepResult | undefined {
    const connection = this.#open.get(session.id)
    const defaults = { line: Buffer.alloc(0), next: () => {}, proceed: () => {} }
    return connection?.handlers[step]?.({ connection, ...defaults, ...more })
  }

  #login(
    login: SMTPServerAuthentication,
    session: SMTPServerSession,
    done: (error: Error | null, response?: { user?: string; data?: object }) => void,
  ): void {
    const { method: mechanism, username: user = '', password, accessToken } = login
    const result = this.#handle('login', session, { login })
    const ok = result === undefined && this.#context.users.accepts(user, accessToken ?? password)
    this.#context.users.record({ port: this.#port, user, ok, mechanism, secure: session.secure })

    if (result === 'no-reply') return
    if (result) return done(result)
    if (ok) return done(null, { user })
    // XOAUTH2 sends the reason in a challenge and refuses after the client's response.
    if (mechanism === 'XOAUTH2') return done(null, { data: { status: '401', schemes: 'Bearer' } })
    done(refusal(535, '5.7.8 Authentication credentials invalid'))
  }

  #checkMail(session: SMTPServerSession): Error | undefined {
    if (!session.secure && !this.#behavior.cleartext) return refusal(530, '5.7.0 Must issue a STARTTLS command first')
    const needsLogin = this.#context.requireAuth && !this.#behavior.noAuth
    if (needsLogin && !session.user) return refusal(530, '5.7.0 Authentication required')
    return this.#context.limiter.checkRate('MAIL')
  }

  async #receive(
    stream: SMTPServerDataStream,
    session: SMTPServerSession,
    done: (error?: Error) => void,
  ): Promise<void> {
    const chunks: Buffer[] = []
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        if (chunks.length === 0 && this.#handle('body', session) === 'no-reply') return
        if (!stream.sizeExceeded) chunks.push(chunk)
      }
    } catch {
      // The client disconnected before the end of the message.
      return
    }
    if (stream.sizeExceeded) return done(refusal(552, `5.3.4 The message is larger than ${MAX_MESSAGE_SIZE} bytes`))

    const result = this.#handle('message', session) ?? this.#context.limiter.checkRate('message')
    if (result) return result === 'no-reply' ? undefined : done(result)
    await this.#context.mailbox.add(this.#envelope(session), Buffer.concat(chunks))
    this.#finish('stored', session, done)
  }

  #envelope({ secure, user, envelope }: SMTPServerSession) {
    return {
      port: this.#port,
      secure,
      user: (user as string | false | undefined) || undefined,
      from: envelope.mailFrom ? envelope.mailFrom.address : '',
      to: envelope.rcptTo.map(({ address }) => address),
    }
  }
}

// Bytes. The limit of the large providers.
const MAX_MESSAGE_SIZE = 25 * 1024 * 1024

// Milliseconds. Longer than any client waits for a server that hangs.
const IDLE_TIMEOUT = 10 * 60 * 1000
