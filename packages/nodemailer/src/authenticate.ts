import { type Credentials, type Endpoint, type Failure, type Locale, loginTalk } from '@postern/core'
import type { SMTPConnectionOptions } from 'nodemailer'

type Handlers = NonNullable<SMTPConnectionOptions['customAuth']>
type Context = Parameters<Handlers[string]>[0]

/** Passes a failure through nodemailer, which keeps the error object that a handler rejects with. */
export class LoginFailed extends Error {
  readonly failure: Failure

  constructor(failure: Failure) {
    super(failure.message)
    this.failure = failure
  }
}

/** Whoever watches over the login of one connection. */
export interface LoginWatch {
  /** A line is being sent. */
  readonly onLine: () => void
  /** The login was accepted, or why it was not. */
  readonly onEnd: (failure: Failure | undefined) => void
}

/**
 * Puts Postern's login in the place of nodemailer's for one connection. It picks the mechanism from the offer and
 * sends nothing where none is made, where nodemailer would go on without a login or guess. It is callback by callback,
 * since after a 421 nodemailer closes the connection in the same tick, and would lose the answer.
 */
export function loginHandlers(
  auth: Credentials,
  endpoint: Endpoint,
  locale: Locale,
  { onLine, onEnd }: LoginWatch,
): Handlers {
  const handler = (context: Context) => {
    const offered = context.authMethods.map((method) => method.toUpperCase())
    const next = loginTalk(credentialsOf(context, auth), { offered, endpoint, locale })
    const go = (reply?: string): void => {
      const step = next(reply)
      if ('send' in step) {
        onLine()
        context.sendCommand(step.send, (_error, { response }) => go(response))
      } else if ('accepted' in step) {
        onEnd(undefined)
        context.resolve()
      } else {
        onEnd(step.failure)
        context.reject(new LoginFailed(step.failure))
      }
    }
    go()
  }
  // nodemailer takes the first mechanism it knows from the offer, or PLAIN; whichever it is, it comes here.
  return Object.fromEntries(['PLAIN', 'LOGIN', 'CRAM-MD5', 'XOAUTH2', 'OAUTHBEARER'].map((name) => [name, handler]))
}

/** A message may bring a login of its own (nodemailer's `mail.auth`). */
function credentialsOf({ auth: { credentials } }: Context, transport: Credentials): Credentials {
  const secret = 'pass' in transport ? transport.pass : transport.accessToken
  const { user, pass } = credentials
  return user === transport.user && pass === secret ? transport : { user, pass }
}
