import { type Credentials, describeFailure, type Endpoint, type Failure, type Locale, type LoginSettings, loginTalk, mayRenew, resolveLogin } from '@postern/core'
import type { SMTPConnectionOptions } from 'nodemailer'
import { tokensOf } from './oauth2-tokens.ts'

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
  readonly auth: LoginSettings | undefined
  /** What nodemailer has in the place of its secret. */
  readonly standIn: string
  /** The one mechanism that the caller wants. */
  readonly authMethod: string | undefined
  readonly endpoint: Endpoint
  readonly locale: Locale
  /** Milliseconds that a secret may be waited for. */
  readonly secretBudget: number
  /** A signal that is aborted when the connection is gone. */
  readonly gone: () => AbortSignal
  /** Is told that a secret is waited for, and nothing of the server meanwhile; and what it means if the server leaves then. */
  readonly onAsk: (ifLost: Failure | undefined) => void
  /** Is told every secret that was asked for. */
  readonly onSecret: (secret: string) => void
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
    const login = loginOf(context.auth, options)
    const offered = context.authMethods.filter((name) => !authMethod || name === authMethod.toUpperCase())
    const begin = (credentials: Credentials) => loginTalk(credentials, { offered, endpoint, locale })
    const fail = (failure: Failure): void => {
      onEnd(failure)
      context.reject(new TalkFailed(failure))
    }
    const logIn = (credentials: Credentials, refused?: { readonly secret: string; readonly failure: Failure }): void => {
      // The token is the one that was refused: nobody has another one.
      if (refused?.secret === secretOf(credentials)) return fail(refused.failure)
      const next = begin(credentials)
      const go = (reply?: string): void => {
        const step = next(reply)
        if ('send' in step) return context.sendCommand(step.send, (_error, { response }) => go(response))
        if ('accepted' in step) {
          onEnd(undefined)
          return context.resolve()
        }
        const { failure } = step
        if (refused || !mayRenew(login, failure)) return fail(failure)
        ask(login, true, options, fail, (renewed) => logIn(renewed, { secret: secretOf(credentials), failure }))
      }
      go()
    }
    if (isKnown(login)) return logIn(login)
    // Nobody is asked for a secret that could not be used here.
    const first = begin('pass' in login ? { user: login.user, pass: '?' } : { user: login.user, accessToken: '?' })()
    if ('failure' in first) fail(first.failure)
    else ask(login, false, options, fail, logIn)
  }
  // nodemailer takes the first mechanism it knows from the offer, or PLAIN; whichever it is, it comes here.
  return Object.fromEntries(['PLAIN', 'LOGIN', 'CRAM-MD5', 'XOAUTH2', 'OAUTHBEARER'].map((name) => [name, handler]))
}

/** Asks for a secret. Without one nothing is sent, and the message may be sent again. */
function ask(
  login: LoginSettings,
  renew: boolean,
  { secretBudget: ms, gone, onAsk, onSecret, endpoint, locale }: LoginOptions,
  fail: (failure: Failure) => void,
  take: (credentials: Credentials) => void,
): void {
  const signal = gone()
  const source = 'pass' in login ? 'auth.pass' : 'auth.accessToken'
  const failure = describeFailure({ code: 'auth-temporary', stage: 'auth', values: { source } }, endpoint, locale)
  // Once a token was refused, a connection that is lost is no reason to try the next port with it.
  onAsk(renew ? failure : undefined)
  resolveLogin(login, { renew, ms, signal }).then(
    (credentials) => {
      onSecret(secretOf(credentials))
      take(credentials)
    },
    () => {
      // Whoever lost the connection tells of that.
      if (!signal.aborted) fail(failure)
    },
  )
}

/** The transport's login, or one that a message has brought along (nodemailer's `mail.auth`). */
function loginOf({ user = '', credentials, oauth2 }: Context['auth'], { auth, standIn }: LoginOptions): LoginSettings {
  // A token that nodemailer fetches for this message, and fetches anew when it has expired.
  if (oauth2) return { user, accessToken: tokensOf(oauth2) }
  // nodemailer types both as given, and passes on what a message has.
  const [name, pass] = [credentials.user || '', credentials.pass || '']
  return auth && pass === standIn ? { ...auth, user: name } : { user: name, pass }
}

function isKnown(login: LoginSettings): login is Credentials {
  return typeof ('pass' in login ? login.pass : login.accessToken) === 'string'
}

function secretOf(auth: Credentials): string {
  return 'pass' in auth ? auth.pass : auth.accessToken
}
