import { SmtpError } from '../failure/smtp-error.ts'
import type { LoginSettings } from '../settings/settings.ts'
import type { CancelSignal } from '../smtp/cancellation.ts'
import { readOffer } from '../smtp/capabilities.ts'
import type { Reply } from '../smtp/reply.ts'
import { refusedLogin } from '../smtp/sasl.ts'
import type { Session } from '../smtp/session.ts'
import type { LoginDialogue } from './pool-options.ts'
import { serverOf } from './server.ts'

/** The part of a session that a custom login may use. */
export function loginDialogueOf(session: Session, login: LoginSettings | undefined, signal: CancelSignal): LoginDialogue {
  const offered = readOffer(session.offer ?? [])
  return {
    login,
    mechanisms: (offered.get('AUTH') ?? []).map((name) => name.toUpperCase()),
    keywords: [...offered.keys()],
    maxSize: serverOf(session.offer ?? [], true).size,
    logIn: () => session.logIn(signal),
    logInWith: (run) => {
      let last: Reply | undefined
      const explain = (error: unknown) => failureAfter(last, error, login, session.endpoint.host)
      return session.logInWith((exchange) => run(async (line) => (last = await exchange(line))), explain, signal)
    },
  }
}

/** Why the login failed: because of the last reply, if that is an error, or for another reason. */
function failureAfter(last: Reply | undefined, error: unknown, login: LoginSettings | undefined, host: string): SmtpError {
  if (last && last.code >= 400) return new SmtpError(refusedLogin(login, last, host))
  return error instanceof SmtpError ? error : new SmtpError({ code: 'auth-temporary', values: { source: 'customAuth' } })
}
