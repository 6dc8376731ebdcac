import type { Credentials, Endpoint, Failure, Locale, OpenConnection } from '@postern/core'
import type { SocketOptions } from 'nodemailer/lib/mailer'
import { LoginFailed, loginHandlers } from './authenticate.ts'

export interface HandoverOptions {
  readonly auth: Credentials | undefined
  readonly locale: Locale
  /** Milliseconds a reply may take until the login is through. */
  readonly replyBudget: number
  /** Puts "did not reply" into words. */
  readonly silent: (endpoint: Endpoint, stage: 'ehlo' | 'auth') => Failure
  /** Is told how the login ended. */
  readonly tell: (failure: Failure | undefined) => void
}

/**
 * Makes an open connection into what nodemailer's `getSocket` may return: a socket that is under TLS already, on which
 * the greeting waits to be read once more. nodemailer goes on with EHLO, as on any implicit-TLS port, so it never sees a
 * byte that came in the clear, and has no say in whether there is TLS.
 */
export function handOver({ endpoint, socket, greeting }: OpenConnection, options: HandoverOptions): SocketOptions {
  const { auth, locale, replyBudget, silent, tell } = options
  const clear = endpoint.security === 'none'
  let stage: 'ehlo' | 'auth' = 'ehlo'
  // nodemailer bounds neither the reply to EHLO nor those to AUTH: a silent server would hold the message for minutes.
  const guard = setTimeout(() => socket.destroy(new LoginFailed(silent(endpoint, stage))), replyBudget)
  const through = () => clearTimeout(guard)
  socket.once('close', through)
  socket.unshift(`220 ${greeting.replace(/[\r\n]+/g, ' ')}\r\n`)
  return {
    connection: socket,
    port: endpoint.port,
    secure: !clear,
    secured: !clear,
    ignoreTLS: clear,
    requireTLS: false,
    // Where a login was asked for, no message goes out without one.
    forceAuth: auth !== undefined,
    ...(auth && {
      customAuth: loginHandlers(auth, endpoint, locale, {
        onLine: () => {
          stage = 'auth'
          guard.refresh()
        },
        onEnd: (failure) => {
          through()
          tell(failure)
        },
      }),
    }),
  }
}
