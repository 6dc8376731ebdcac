import type { Endpoint } from '../endpoint.ts'
import { mayBeClear } from '../cleartext.ts'
import { cleartextRefused, resolveOptions, type SelectionOptions } from '../selection/options.ts'
import type { LoginSettings, Policy, TlsSettings } from '../settings/settings.ts'
import { withDeadline } from '../smtp/deadline.ts'
import type { Address } from '../smtp/resolve.ts'
import { Session, SessionFailed } from '../smtp/session.ts'
import type { SessionOptions } from '../smtp/session-options.ts'
import { watchOtherWay } from './other-way.ts'
import { type ProbeReport, reportOf } from './report.ts'

/** How to examine an endpoint. */
export interface ProbeOptions extends Omit<SelectionOptions, 'timing'> {
  /** A login to try, once, and only under TLS, with a verified certificate unless `tls` says otherwise. */
  readonly auth?: LoginSettings | undefined
  /** `false`: it is only seen to that this login could be made, and nothing of it is sent. @default true */
  readonly login?: boolean | undefined
  /** How TLS is spoken. */
  readonly tls?: TlsSettings | undefined
  /** For which hosts a login may cross a connection with `security: 'none'`: by default, this machine alone. */
  readonly policy?: Pick<Policy, 'allowCleartext'> | undefined
  /** The addresses of the host where they are known already: no other is connected to. */
  readonly addresses?: readonly Address[] | undefined
  /** The EHLO name. @default this machine's own where that is a full domain name, else `[127.0.0.1]` */
  readonly clientName?: string | undefined
}

/**
 * Examines one endpoint the way a client would use it: DNS, connect, greeting, EHLO, STARTTLS, TLS, EHLO, the login if
 * there is one, QUIT. Each stage is timed and bounded.
 *
 * @returns the report, also when the network fails: it never rejects for that
 * @throws SettingsError for a login on an unencrypted connection to another machine
 * @example
 * const { ok, failure } = await probe({ host: 'smtp.example.com', port: 587, security: 'starttls' })
 * if (!ok) throw new Error(`${failure?.message} ${failure?.advice}`)
 */
export async function probe(endpoint: Endpoint, options: ProbeOptions = {}): Promise<ProbeReport> {
  const { host } = endpoint
  const { auth, login = true, policy, addresses } = options
  if (auth && login && endpoint.security === 'none' && !mayBeClear({ host, policy })) throw cleartextRefused(host)
  const { deadline, session } = resolveOptions({ ...options, host }, options)
  const { signal, end } = withDeadline(deadline, options.signal)
  try {
    return await examine(endpoint, { ...session(signal), ...(addresses && { resolve: async () => addresses }) }, login)
  } finally {
    end()
  }
}

/** A probe within the bounds of whoever makes it. */
export async function examine(endpoint: Endpoint, options: SessionOptions, login: boolean): Promise<ProbeReport> {
  const session = new Session(endpoint, { ...options, report: true })
  const otherWay = watchOtherWay(session, options)
  try {
    await session.greet()
    await session.secure()
    await session.prove(login)
    session.quit()
    return reportOf(session)
  } catch (error) {
    if (!(error instanceof SessionFailed)) throw error
    return reportOf(session, await otherWay.explain(error.failure))
  } finally {
    await otherWay.end()
  }
}
