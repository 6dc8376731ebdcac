import type { Socket } from 'node:net'
import { type Credentials, describeFailure, type Failure, type FailureCode, type Locale, type OpenConnection } from '@postern/core'
import type { SMTPConnectionOptions } from 'nodemailer'
import type { SocketOptions } from 'nodemailer/lib/mailer'
import { LoginFailed, loginHandlers } from './authenticate.ts'

export interface HandoverOptions {
  readonly auth: Credentials | undefined
  readonly authMethod: string | undefined
  /** Logins of the caller's own. */
  readonly customAuth: SMTPConnectionOptions['customAuth'] | undefined
  readonly locale: Locale
  /** Milliseconds a reply may take until the message begins. */
  readonly replyBudget: number
  /** Is told how the login ended. */
  readonly tell: (failure: Failure | undefined) => void
}

/**
 * Makes an open connection into what nodemailer's `getSocket` may return: a socket that is under TLS already, on which
 * the greeting waits to be read once more. nodemailer goes on with EHLO, as on any implicit-TLS port, so it never sees a
 * byte that came in the clear, and has no say in whether there is TLS.
 */
export function handOver({ endpoint, socket, greeting }: OpenConnection, options: HandoverOptions): SocketOptions {
  const { auth, authMethod, customAuth, locale, tell } = options
  const clear = endpoint.security === 'none'
  const seconds = options.replyBudget / 1000
  const guard = guardTalk(socket, options.replyBudget, (code, stage) =>
    describeFailure({ code, stage, values: { seconds } }, endpoint, locale),
  )
  const onEnd = (failure: Failure | undefined) => {
    guard.end()
    tell(failure)
  }
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
    customAuth: { ...loginHandlers({ auth, authMethod, endpoint, locale, onEnd }), ...customAuth },
  }
}

type TalkStage = 'ehlo' | 'auth'

/**
 * Watches over the talk before a message. nodemailer bounds neither the reply to EHLO nor those to AUTH: a silent server
 * would hold the message for minutes. And it says the same of a connection that is lost whether the login was on its
 * way, which must not be made again and again, or not.
 */
function guardTalk(socket: Socket, budget: number, explain: (code: FailureCode, stage: TalkStage) => Failure): { end(): void } {
  let stage: TalkStage = 'ehlo'
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean
  const fail = (code: FailureCode) => socket.destroy(new LoginFailed(explain(code, stage)))
  const timer = setTimeout(() => fail('reply-timeout'), budget)
  // Runs before nodemailer's own listeners, which get the failure with the error, or instead of a mere end.
  const onError = (error: Error) => {
    if (!(error instanceof LoginFailed)) Object.assign(error, { failure: explain('connection-lost', stage) })
  }
  const onEnd = () => fail('connection-lost')
  const end = () => {
    clearTimeout(timer)
    Reflect.deleteProperty(socket, 'write')
    socket.off('error', onError).off('end', onEnd).off('close', end)
  }
  const onLine = (line: unknown) => {
    if (/^(?:MAIL|QUIT|RSET) ?/.test(String(line))) return end()
    stage = /^(?:EHLO|HELO|LHLO) /.test(String(line)) ? 'ehlo' : 'auth'
    timer.refresh()
  }
  socket.write = (...args: unknown[]) => {
    onLine(args[0])
    return write(...args)
  }
  socket.on('error', onError).on('end', onEnd).on('close', end)
  return { end }
}
