import { SmtpError } from '../failure/smtp-error.ts'
import type { Credentials, LoginSettings } from '../settings/settings.ts'
import type { Reply } from './reply.ts'
import { canRenewLogin } from './resolve-login.ts'
import { loginDialogue, secretOf } from './sasl.ts'

/** The callbacks of a login. */
interface LoginCallbacks {
  /** Returns the credentials; with `renew`, after an access token was refused. */
  readonly credentialsFor: (renew: boolean) => Promise<Credentials>
  /** Sends a line to the server and returns its reply. */
  readonly exchange: (line: string) => Promise<Reply>
  /** The server. */
  readonly host: string
}

/**
 * Logs in once, and a second time only if an access token was refused and a different one is available.
 *
 * @throws SmtpError as `loginDialogue` does, or if there is no secret
 */
export async function logIn(auth: LoginSettings, offered: readonly string[] | undefined, { credentialsFor, exchange, host }: LoginCallbacks): Promise<void> {
  const tryWith = async (credentials: Credentials) => {
    const dialogue = loginDialogue(credentials, offered, host)
    let step = dialogue.next()
    while (!step.done) step = dialogue.next(await exchange(step.value))
  }
  const credentials = await credentialsFor(false)
  try {
    await tryWith(credentials)
  } catch (error) {
    if (!(error instanceof SmtpError) || !canRenewLogin(auth, error.facts)) throw error
    const renewed = await credentialsFor(true)
    if (secretOf(renewed) === secretOf(credentials)) throw error
    await tryWith(renewed)
  }
}
