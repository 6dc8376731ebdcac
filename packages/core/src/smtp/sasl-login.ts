import type { Endpoint } from '../endpoint.ts'
import { describeFailure, type Failure } from '../failure/failure.ts'
import { SmtpError } from '../failure/smtp-error.ts'
import type { Credentials } from '../settings/settings.ts'
import type { Locale } from '../text/index.ts'
import { type Reply, ReplyParser } from './reply.ts'
import { loginDialogue, type LoginResult } from './sasl.ts'

/** The next step of a login: a line to send, or the result. */
export type LoginStep =
  | { readonly send: string }
  | { readonly accepted: LoginResult }
  | { readonly failure: Failure }

/** Options of `createSaslLogin`. */
export interface SaslLoginOptions {
  /** The SASL mechanisms the server offers over TLS; `undefined` if it offers no login. */
  readonly offered: readonly string[] | undefined
  /** The endpoint, for the texts of a failure. */
  readonly endpoint: Endpoint
  /** The language of a failure. @default 'en' */
  readonly locale?: Locale | undefined
}

/**
 * A login for callers with a connection of their own, who send each line and pass in the server's reply. It chooses a
 * mechanism that is offered, and ends after one attempt whatever the server answers.
 *
 * @returns a function that takes the server's reply to the previous line, unparsed, and returns the next step
 * @example
 * const next = createSaslLogin(auth, { offered: ['PLAIN'], endpoint })
 * next() // { send: 'AUTH PLAIN …' }
 * next('235 2.7.0 accepted') // { accepted: { mechanism: 'PLAIN' } }
 */
export function createSaslLogin(
  auth: Credentials,
  { offered, endpoint, locale = 'en' }: SaslLoginOptions,
): (reply?: string) => LoginStep {
  const dialogue = loginDialogue(auth, offered, endpoint.host)
  let last: LoginStep | undefined
  const step = (reply?: string): LoginStep => {
    try {
      const { done, value } = reply === undefined ? dialogue.next() : dialogue.next(parseReply(reply))
      return done ? { accepted: value } : { send: value }
    } catch (error) {
      if (!(error instanceof SmtpError)) throw error
      return { failure: describeFailure({ ...error.facts, stage: 'auth' }, endpoint, locale) }
    }
  }
  return (reply) => {
    // Once the login has ended, further replies do not change the result.
    if (last && !('send' in last)) return last
    return (last = step(reply))
  }
}

/** @throws SmtpError */
function parseReply(text: string): Reply {
  const { reply } = new ReplyParser().push(Buffer.from(`${text.replace(/\r?\n/g, '\r\n')}\r\n`))
  if (!reply) throw new SmtpError({ code: 'protocol-error' })
  return reply
}
