import {
  SMTPServer,
  type SMTPServerAuthentication,
  type SMTPServerDataStream,
  type SMTPServerSession,
} from 'smtp-server'
import type { SecureContextOptions } from 'node:tls'
import type { Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Acts, type Outcome, type Moment, refusal, type Scene } from './act.ts'
import type { Holds } from './holds.ts'
import type { LimitKeeper } from './limit-keeper.ts'
import { MailConnection } from './mail-connection.ts'
import type { Mailbox } from './mailbox.ts'
import type { NominalPort } from './nominal-port.ts'
import type { Users } from './users.ts'

/** How a mail server behaves. Everything left out is as it should be. */
export interface Conduct {
  /** TLS from the first byte. */
  readonly implicit: boolean
  readonly tls: SecureContextOptions
  readonly acts?: Acts
  /** Do everything without encryption: STARTTLS is not offered and not asked for. */
  readonly cleartext?: boolean
  /** Offer no login and ask for none. */
  readonly noAuth?: boolean
}

/** What all servers of a provider share. */
export interface Premises {
  readonly mailbox: Mailbox
  readonly users: Users
  readonly limits: LimitKeeper
  readonly holds: Readonly<Record<NominalPort, Holds>>
  readonly requireAuth: boolean
  readonly pipelining: boolean
  readonly chunking: boolean
}

/** A mail server that takes its connections from somewhere else. */
export class MailServer extends SMTPServer {
  readonly #port: NominalPort
  readonly #conduct: Conduct
  readonly #premises: Premises
  /** By session. The library's own list leaves out those it has half closed. */
  readonly #open = new Map<string, MailConnection>()

  constructor(port: NominalPort, conduct: Conduct, premises: Premises) {
    super({
      name: 'mail.postern.test',
      ...conduct.tls,
      secure: conduct.implicit,
      hideSTARTTLS: conduct.cleartext,
      disabledCommands: conduct.noAuth ? ['AUTH'] : [],
      authMethods: ['PLAIN', 'LOGIN', 'XOAUTH2'],
      // Asked for at MAIL below: the library would count commands and close.
      authOptional: true,
      hideENHANCEDSTATUSCODES: false,
      hidePIPELINING: !premises.pipelining,
      disableReverseLookup: true,
      size: MAX_MESSAGE_SIZE,
      socketTimeout: IDLE_TIMEOUT,
      logger: false,
      onConnect: (session, done) => this.#step('greeting', session, done),
      onAuth: (login, session, done) => this.#login(login, session, done),
      onMailFrom: (_address, session, done) => done(this.#objection(session)),
      onData: (stream, session, done) => void this.#receive(stream, session, done),
      onClose: ({ id }) => this.#forget(id),
    })
    this.#port = port
    this.#conduct = conduct
    this.#premises = premises
    // What clients do to their connections is theirs to notice.
    this.on('error', () => {})
  }

  /** Takes a fresh connection over. */
  accept(socket: Socket): void {
    this.server.emit('connection', socket)
  }

  /**
   * Destroys every connection, each by its outermost socket: Node crashes when the one below a TLS handshake goes
   * first. It also crashes when a handshake begins on a destroyed socket, so those the library has put off to the next
   * turn get that turn.
   */
  async evict(): Promise<void> {
    await nextTurn()
    // oxlint-disable-next-line no-underscore-dangle -- the only sight of a handshake on an implicit-TLS port
    for (const socket of this._pendingSockets.values()) socket.destroy()
    for (const connection of this.#open.values()) connection.drop()
  }

  override connect(socket: Socket, options: unknown): void {
    const { acts, cleartext: allowCleartext = false } = this.#conduct
    const { chunking, holds, limits } = this.#premises
    const onEarlyAuth = (mechanism: string) =>
      this.#premises.users.record({ port: this.#port, user: undefined, ok: false, mechanism, secure: false })
    const habits = { allowCleartext, chunking, holds: holds[this.#port], onEarlyAuth }
    const connection = new MailConnection(this, socket, options, habits)
    connection.acts = { ...acts, ...limits.enter(connection.id, this.#port) }
    this.connections.add(connection)
    this.#open.set(connection.id, connection)
    connection.on('error', () => {})
    connection.init()
  }

  #forget(id: string): void {
    this.#open.delete(id)
    this.#premises.limits.leave(id)
  }

  /** Lets a fault have its say; without one, `done` says that all is well. */
  #step(moment: Moment, session: SMTPServerSession, done: (error?: Error) => void): void {
    const outcome = this.#act(moment, session, { proceed: done })
    if (outcome !== 'no-reply') done(outcome)
  }

  #act(moment: Moment, session: SMTPServerSession, more: Partial<Scene> = {}): Outcome | undefined {
    const connection = this.#open.get(session.id)
    const usual = { line: Buffer.alloc(0), next: () => {}, proceed: () => {} }
    return connection?.acts[moment]?.({ connection, ...usual, ...more })
  }

  #login(
    login: SMTPServerAuthentication,
    session: SMTPServerSession,
    done: (error: Error | null, response?: { user?: string; data?: object }) => void,
  ): void {
    const { method: mechanism, username: user = '', password, accessToken } = login
    const outcome = this.#act('login', session, { login })
    const ok = outcome === undefined && this.#premises.users.accepts(user, accessToken ?? password)
    this.#premises.users.record({ port: this.#port, user, ok, mechanism, secure: session.secure })

    if (outcome === 'no-reply') return
    if (outcome) return done(outcome)
    if (ok) return done(null, { user })
    // XOAUTH2 explains itself in a challenge first and refuses after the client's answer.
    if (mechanism === 'XOAUTH2') return done(null, { data: { status: '401', schemes: 'Bearer' } })
    done(refusal(535, '5.7.8 Authentication credentials invalid'))
  }

  #objection(session: SMTPServerSession): Error | undefined {
    if (!session.secure && !this.#conduct.cleartext) return refusal(530, '5.7.0 Must issue a STARTTLS command first')
    const needsLogin = this.#premises.requireAuth && !this.#conduct.noAuth
    if (needsLogin && !session.user) return refusal(530, '5.7.0 Authentication required')
    return this.#premises.limits.objection('MAIL')
  }

  async #receive(
    stream: SMTPServerDataStream,
    session: SMTPServerSession,
    done: (error?: Error) => void,
  ): Promise<void> {
    const chunks: Buffer[] = []
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        if (chunks.length === 0 && this.#act('body', session) === 'no-reply') return
        if (!stream.sizeExceeded) chunks.push(chunk)
      }
    } catch {
      // The client left before the final dot: there is no message, and nobody to tell.
      return
    }
    if (stream.sizeExceeded) return done(refusal(552, `5.3.4 The message is larger than ${MAX_MESSAGE_SIZE} bytes`))

    const outcome = this.#act('message', session) ?? this.#premises.limits.objection('message')
    if (outcome) return outcome === 'no-reply' ? undefined : done(outcome)
    await this.#premises.mailbox.put(this.#envelope(session), Buffer.concat(chunks))
    this.#step('stored', session, done)
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

// Bytes. What the large providers take.
const MAX_MESSAGE_SIZE = 25 * 1024 * 1024

// Milliseconds. A server that hangs has to hang for longer than any client waits.
const IDLE_TIMEOUT = 10 * 60 * 1000
