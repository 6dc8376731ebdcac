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
    logInWith: (run) =>
      session.logInWith(async (exchange) => {
        let last: Reply | undefined
        try {
          await run(async (line) => (last = await exchange(line)))
        } catch (error) {
          throw error instanceof SmtpError ? error : refusalAfter(last, login, session.endpoint.host)
        }
      }, signal),
  }
}

/** The function rejected: because of the last reply, if that is an error, or for a reason of its own. */
function refusalAfter(last: Reply | undefined, login: LoginSettings | undefined, host: string): SmtpError {
  if (!last || last.code < 400) return new SmtpError({ code: 'auth-temporary', values: { source: 'customAuth' } })
  return new SmtpError(refusedLogin(login, last, host))
}
