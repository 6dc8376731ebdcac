import { SmtpError } from '../failure/smtp-error.ts'
import type { Credentials, LoginSettings } from '../settings/settings.ts'
import type { Reply } from './reply.ts'
import { mayRenew } from './resolve-login.ts'
import { loginDialogue, secretOf } from './sasl.ts'

/** Whom a login talks to. */
interface Parties {
  /** Whoever knows the secret; a new one, where the last was refused. */
  readonly ask: (renew: boolean) => Promise<Credentials>
  /** The server. */
  readonly exchange: (line: string) => Promise<Reply>
}

/**
 * Logs in, once; and once more where an access token was refused and there is another one.
 *
 * @throws SmtpError as `loginDialogue` does, or for want of a secret
 */
export async function logIn(auth: LoginSettings, offered: readonly string[] | undefined, { ask, exchange }: Parties): Promise<void> {
  const tryWith = async (credentials: Credentials) => {
    const dialogue = loginDialogue(credentials, offered)
    let step = dialogue.next()
    while (!step.done) step = dialogue.next(await exchange(step.value))
  }
  const credentials = await ask(false)
  try {
    await tryWith(credentials)
  } catch (error) {
    if (!(error instanceof SmtpError) || !mayRenew(auth, error.facts)) throw error
    const renewed = await ask(true)
    if (secretOf(renewed) === secretOf(credentials)) throw error
    await tryWith(renewed)
  }
}
