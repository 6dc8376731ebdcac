import type { Socket } from 'node:net'
import { describeFailure, type Failure, type FailureCode, type Locale, type LoginSettings, type OpenConnection, type Stage } from '@postern/core'
import type { SMTPConnectionOptions } from 'nodemailer'
import type { SocketOptions } from 'nodemailer/lib/mailer'
import { TalkFailed, loginHandlers } from './authenticate.ts'

export interface HandoverOptions {
  readonly auth: LoginSettings | undefined
  /** What nodemailer has in the place of its secret. */
  readonly standIn: string
  readonly authMethod: string | undefined
  /** Logins of the caller's own. */
  readonly customAuth: SMTPConnectionOptions['customAuth'] | undefined
  readonly locale: Locale
  /** Milliseconds a reply may take until the message begins, and a secret that is asked for. */
  readonly replyBudget: number
  /** Is told every secret that was asked for. */
  readonly onSecret: (secret: string) => void
  /** Is told how the login ended. */
  readonly tell: (failure: Failure | undefined) => void
}

/**
 * Makes an open connection into what nodemailer's `getSocket` may return: a socket that is under TLS already, on which
 * the greeting waits to be read once more. nodemailer goes on with EHLO, as on any implicit-TLS port, so it never sees a
 * byte that came in the clear, and has no say in whether there is TLS.
 */
export function handOver({ endpoint, socket, greeting }: OpenConnection, options: HandoverOptions): SocketOptions {
  const { auth, standIn, authMethod, customAuth, locale, replyBudget, onSecret, tell } = options
  const clear = endpoint.security === 'none'
  const seconds = replyBudget / 1000
  const guard = guardTalk(socket, replyBudget, (code, stage, systemCode) =>
    describeFailure({ code, stage, systemCode, values: { seconds } }, endpoint, locale),
  )
  const onEnd = (failure: Failure | undefined) => {
    guard.rest()
    tell(failure)
  }
  const gone = () => {
    const controller = new AbortController()
    if (socket.destroyed) controller.abort()
    else socket.once('close', () => controller.abort())
    return controller.signal
  }
  const login = { auth, standIn, authMethod, endpoint, locale, secretBudget: replyBudget, gone, onAsk: guard.hold, onSecret, onEnd }
  socket.unshift(`220 ${greeting.replace(/[\r\n]+/g, ' ')}\r\n`)
  return {
    connection: socket,
    port: endpoint.port,
    secure: !clear,
    secured: !clear,
    ignoreTLS: clear,
    requireTLS: false,
    // Where there is a login to make, the transport's or the message's own, no message goes out without it.
    forceAuth: true,
    customAuth: { ...loginHandlers(login), ...customAuth },
  }
}

/**
 * Watches over the talk before each message. nodemailer bounds no reply to a command: a silent server would hold the
 * message for minutes. And it says the same of a connection that is lost wherever that is, though a login that was on
 * its way must not be made again and again.
 */
function guardTalk(socket: Socket, budget: number, explain: (code: FailureCode, stage: Stage, systemCode?: string) => Failure): Guard {
  let stage: Stage | undefined
  let isListening = false
  let isGathering = false
  let isHeld = false
  let ifLost: Failure | undefined
  // One timer for the whole connection, as there are several waits in each message. The socket holds the process open.
  const timer = setTimeout(() => void (isHeld || fail('reply-timeout')), budget).unref()
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean
  const fail = (code: FailureCode) => {
    if (stage) socket.destroy(new TalkFailed(ifLost ?? explain(code, stage)))
  }
  const enter = (next: Stage) => {
    stage = next
    isHeld = false
    ifLost = undefined
    timer.refresh()
  }
  const rest = () => {
    stage = undefined
  }
  // Where the envelope is pipelined (RFC 2920) one write waits for many replies, and each may take its time.
  const onData = () => void (stage && timer.refresh())
  const onWrite = (written: unknown) => {
    const next = stageAfter(stage, written)
    if (!next) return rest()
    if (next === 'mail' && !isListening) {
      isListening = true
      socket.on('data', onData)
    }
    // What is pipelined behind MAIL goes out at once; the first answer that comes is that to MAIL.
    if (socket.writableCorked === 0 || next === 'mail') enter(next)
  }
  // nodemailer writes a message in pieces; those of one turn go out together, as fewer packets and TLS records.
  const gather = () => {
    socket.cork()
    isGathering = true
    setImmediate(() => {
      isGathering = false
      socket.uncork()
    })
  }
  socket.write = (...args: unknown[]) => {
    if (stage !== undefined || startsWithMail(args[0])) onWrite(args[0])
    if (stage === undefined && !isGathering) gather()
    return write(...args)
  }
  enter('ehlo')
  // These run before nodemailer's own listeners, which get the failure with the error, or in place of a mere end.
  socket.on('error', (error) => {
    if (!stage || error instanceof TalkFailed) return
    const { code } = error as { readonly code?: string }
    // TLS 1.3 refuses a client behind its handshake (RFC 8446 §4.4.2.4).
    const refused = stage === 'ehlo' && code?.includes('_ALERT_') ? explain('tls-handshake', 'tls', code) : undefined
    Object.assign(error, { failure: ifLost ?? refused ?? explain('connection-lost', stage) })
  })
  socket.on('end', () => fail('connection-lost'))
  socket.on('close', () => {
    rest()
    clearTimeout(timer)
  })
  return {
    rest,
    hold: (failure) => {
      isHeld = true
      ifLost = failure
    },
  }
}

interface Guard {
  /** The talk is over. */
  readonly rest: () => void
  /** The server is not to blame for what is waited for now; if it leaves meanwhile, that means the failure, if one is given. */
  readonly hold: (ifLost: Failure | undefined) => void
}

/** The commands before a message, as nodemailer writes them, and the stage each one begins. */
const commands: readonly (readonly [RegExp, Stage])[] = [
  [/^(?:EHLO|HELO|LHLO) .*\r\n$/, 'ehlo'],
  [/^MAIL FROM:<.*\r\n$/, 'mail'],
  [/^RCPT TO:<.*\r\n$/, 'rcpt'],
  [/^DATA\r\n$/, 'data'],
]

/** What is waited for once something is written: nothing more, when that is the message, or RSET, or QUIT. */
function stageAfter(stage: Stage | undefined, written: unknown): Stage | undefined {
  const line = String(written)
  const begun = commands.find(([pattern]) => pattern.test(line))?.[1]
  if (begun || /^(?:RSET|QUIT)\r\n$/.test(line)) return begun
  // What else is said before the envelope is a login.
  return stage === 'ehlo' || stage === 'auth' ? 'auth' : undefined
}

/** A message is many writes, which are not worth a closer look. */
function startsWithMail(written: unknown): boolean {
  return Buffer.isBuffer(written) && written.subarray(0, 11).toString('latin1') === 'MAIL FROM:<'
}
