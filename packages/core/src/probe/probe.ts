import type { Endpoint } from '../endpoint.ts'
import { allowsCleartext } from '../cleartext.ts'
import { cleartextRefused, resolveOptions, type SelectionOptions } from '../selection/options.ts'
import { settingsError } from '../settings/issue.ts'
import type { LoginSettings, Policy, TlsSettings } from '../settings/settings.ts'
import { withDeadline } from '../smtp/deadline.ts'
import type { Address } from '../smtp/resolve.ts'
import { readSenderCheck, type SenderAndRecipient, type SenderCheck } from '../smtp/sender-check.ts'
import { Session } from '../smtp/session.ts'
import { SessionFailed } from '../smtp/session-failed.ts'
import type { SessionOptions } from '../smtp/session-options.ts'
import { watchForWrongSecurity } from './wrong-security.ts'
import { type ProbeReport, reportOf } from './report.ts'

/** Options of `probe`. */
export interface ProbeOptions extends Omit<SelectionOptions, 'timing'> {
  /** The login to test. It is made once, only under TLS, and only with a verified certificate unless `tls` disables that. */
  readonly auth?: LoginSettings | undefined
  /** With `false`, only checks that the server offers a mechanism for `auth`, and sends no credentials. @default true */
  readonly login?: boolean | undefined
  /**
   * After the login, asks the server whether it accepts this sender and recipient, and sends no message. It does not see what is
   * checked after that, such as the From header. Default: not asked.
   */
  readonly checkSender?: SenderCheck | undefined
  /** TLS options. */
  readonly tls?: TlsSettings | undefined
  /** The hosts for which a login may be sent unencrypted with `security: 'none'`. By default only loopback hosts. */
  readonly policy?: Pick<Policy, 'allowCleartext'> | undefined
  /** The addresses to connect to, instead of a DNS lookup. */
  readonly addresses?: readonly Address[] | undefined
  /** The EHLO name; it is used alone. Default: as in `SmtpSettings.clientName`. */
  readonly clientName?: string | undefined
}

/**
 * Tests one endpoint stage by stage: DNS, connect, greeting, EHLO, STARTTLS, TLS, EHLO, the login if there is one, the sender if
 * requested, QUIT. Each stage is timed and limited.
 *
 * @returns the report; failures of the network are part of it and never reject
 * @throws SettingsError for a login or an address that would be sent unencrypted to another machine, and for an invalid `checkSender`
 * @example
 * const { ok, failure } = await probe({ host: 'smtp.example.com', port: 587, security: 'starttls' })
 * if (!ok) throw new Error(`${failure?.message} ${failure?.advice}`)
 */
export async function probe(endpoint: Endpoint, options: ProbeOptions = {}): Promise<ProbeReport> {
  const { host } = endpoint
  const { auth, login = true, policy, addresses } = options
  const sender = senderOf(options)
  const isPrivate = (auth && login) || sender
  if (isPrivate && endpoint.security === 'none' && !allowsCleartext({ host, policy })) throw cleartextRefused(host, options.locale)
  const { deadline, session } = resolveOptions({ ...options, host }, options)
  const { signal, end } = withDeadline(deadline, options.signal)
  try {
    return await examine(endpoint, { ...session(signal), ...(addresses && { resolve: async () => addresses }) }, { login, sender })
  } finally {
    end()
  }
}

/** What a probe tests after the EHLO. */
export interface FurtherTests {
  /** Whether to log in, if there is a login. */
  readonly login: boolean
  /** The sender and recipient to ask for. */
  readonly sender?: SenderAndRecipient | undefined
}

/**
 * The sender to ask for.
 *
 * @throws SettingsError for an invalid one, and if it would be asked for without the login
 */
export function senderOf({ auth, login, checkSender, locale }: Pick<ProbeOptions, 'auth' | 'login' | 'checkSender' | 'locale'>): SenderAndRecipient | undefined {
  if (checkSender === undefined) return undefined
  if (auth && login === false) throw settingsError([{ path: 'checkSender', code: 'sender-login' }], locale)
  return readSenderCheck(checkSender, locale)
}

/** A probe without its own deadline: the signal of the options limits it. */
export async function examine(endpoint: Endpoint, options: SessionOptions, { login, sender }: FurtherTests): Promise<ProbeReport> {
  const session = new Session(endpoint, { ...options, report: true })
  const wrongSecurity = watchForWrongSecurity(session, options)
  try {
    await session.greet()
    await session.secure()
    await session.helloAndAuth(login)
    if (sender) await session.checkSender(sender)
    session.quit()
    return reportOf(session)
  } catch (error) {
    if (!(error instanceof SessionFailed)) throw error
    return reportOf(session, await wrongSecurity.explain(error.failure))
  } finally {
    await wrongSecurity.end()
  }
}
