import type { Socket } from 'node:net'
import { describeFailure, type Failure, type Locale, type LoginSettings, type OpenConnection } from '@postern/core'
import type { SMTPConnectionOptions } from 'nodemailer'
import type { SocketOptions } from 'nodemailer/lib/mailer'
import { loginHandlers } from './authenticate.ts'
import { Gathering } from './gathering.ts'
import { guardTalk } from './guard-talk.ts'

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

type Write = (piece: unknown, encoding: unknown, callback: unknown) => boolean

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
  const gathering = new Gathering(socket)
  const write = socket.write.bind(socket) as Write
  socket.write = ((piece, encoding, callback) => {
    // While pieces are held back the next one is the message's, even if it reads like a command.
    if (!gathering.isHolding && guard.isTalk(piece)) return write(piece, encoding, callback)
    gathering.begin()
    return gathering.took(piece, write(piece, encoding, callback))
  }) as Write as Socket['write']
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
