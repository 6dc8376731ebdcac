import { type Credentials, describeFailure, type Endpoint, type Failure, type Locale, loginTalk } from '@postern/core'
import type { SMTPConnectionOptions } from 'nodemailer'

type Handlers = NonNullable<SMTPConnectionOptions['customAuth']>
type Context = Parameters<Handlers[string]>[0]

/** Passes a failure through nodemailer, which keeps the error object it is given by a socket or a login. */
export class TalkFailed extends Error {
  readonly failure: Failure

  constructor(failure: Failure) {
    super(failure.message)
    this.failure = failure
  }
}

/** What a login needs to know. */
export interface LoginOptions {
  /** The transport's own login; a message may bring another. */
  readonly auth: Credentials | undefined
  /** The one mechanism that the caller wants. */
  readonly authMethod: string | undefined
  readonly endpoint: Endpoint
  readonly locale: Locale
  /** Is told that the login was accepted, or why it was not. */
  readonly onEnd: (failure: Failure | undefined) => void
}

/**
 * Puts Postern's login in the place of nodemailer's for one connection. It picks the mechanism from the offer and
 * sends nothing where none is made, where nodemailer would go on without a login or guess. It is callback by callback,
 * since after a 421 nodemailer closes the connection in the same tick, and would lose the answer.
 */
export function loginHandlers(options: LoginOptions): Handlers {
  const { authMethod, endpoint, locale, onEnd } = options
  const handler = (context: Context) => {
    const fail = (failure: Failure): void => {
      onEnd(failure)
      context.reject(new TalkFailed(failure))
    }
    const logIn = (credentials: Credentials): void => {
      const offered = context.authMethods.filter((name) => !authMethod || name === authMethod.toUpperCase())
      const next = loginTalk(credentials, { offered, endpoint, locale })
      const go = (reply?: string): void => {
        const step = next(reply)
        if ('failure' in step) return fail(step.failure)
        if ('send' in step) return context.sendCommand(step.send, (_error, { response }) => go(response))
        onEnd(undefined)
        context.resolve()
      }
      go()
    }
    const { auth } = context
    if (!auth.oauth2) return logIn(credentialsOf(auth, options.auth))
    // A token that nodemailer fetches, and fetches anew when it has expired.
    auth.oauth2.getToken(false, (error, accessToken) => {
      if (error || !accessToken) fail(describeFailure({ code: 'auth-temporary', stage: 'auth' }, endpoint, locale))
      else logIn({ user: auth.user ?? '', accessToken })
    })
  }
  // nodemailer takes the first mechanism it knows from the offer, or PLAIN; whichever it is, it comes here.
  return Object.fromEntries(['PLAIN', 'LOGIN', 'CRAM-MD5', 'XOAUTH2', 'OAUTHBEARER'].map((name) => [name, handler]))
}

/** A message may bring a login of its own (nodemailer's `mail.auth`). */
function credentialsOf({ credentials }: Context['auth'], transport: Credentials | undefined): Credentials {
  const { user, pass } = credentials
  if (transport && user === transport.user && pass === secretOf(transport)) return transport
  // nodemailer types both as given, and passes on what a message has.
  return { user: user || '', pass: pass || '' }
}

function secretOf(auth: Credentials): string {
  return 'pass' in auth ? auth.pass : auth.accessToken
}
