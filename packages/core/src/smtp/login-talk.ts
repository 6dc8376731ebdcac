import type { Endpoint } from '../endpoint.ts'
import { describeFailure, type Failure } from '../failure/failure.ts'
import { SmtpError } from '../failure/smtp-error.ts'
import type { Credentials } from '../settings/settings.ts'
import type { Locale } from '../text/index.ts'
import { type Reply, ReplyParser } from './reply.ts'
import { loginDialogue, type LoginResult } from './sasl.ts'

/** What a login wants next: a line to be sent, or nothing more. */
export type LoginStep =
  | { readonly send: string }
  | { readonly accepted: LoginResult }
  | { readonly failure: Failure }

/** What a login depends on. */
export interface LoginTalkOptions {
  /** The mechanisms the server offers over TLS; `undefined` if it offers no login. */
  readonly offered: readonly string[] | undefined
  /** For the words of a failure. */
  readonly endpoint: Endpoint
  /** The language of a failure. @default 'en' */
  readonly locale?: Locale | undefined
}

/**
 * A login for those who hold the connection themselves: they send what it says and hand it the reply. It chooses the
 * mechanism from the offer, and ends after one try whatever the server answers.
 *
 * @returns a function that takes the reply to the line before, as the server wrote it, and says what comes next
 * @example
 * const next = loginTalk(auth, { offered: ['PLAIN'], endpoint })
 * next() // { send: 'AUTH PLAIN …' }
 * next('235 2.7.0 accepted') // { accepted: { mechanism: 'PLAIN' } }
 */
export function loginTalk(
  auth: Credentials,
  { offered, endpoint, locale = 'en' }: LoginTalkOptions,
): (reply?: string) => LoginStep {
  const dialogue = loginDialogue(auth, offered)
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
    // What has ended stays ended: asked again, a refusal does not turn into a yes.
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
